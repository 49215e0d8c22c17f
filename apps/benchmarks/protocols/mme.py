"""MME: two yes-or-no questions a picture; a subtask's score is 100·accuracy + 100·(share of pictures wholly right).

Source: the official eval_tool/calculation.py. Parsing: lower case; exactly yes or no, else “yes”, then “no”, within the
first four characters: “Not sure” and “know” are no. Perception sums ten subtasks, cognition four (by `category`). The
strict sibling wants yes or no as a word.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metric, Metrics, all_right_metric, mean_metric, sums_metric, unparsed_in
from apps.benchmarks.domain.yes_no import Array, decision_metrics, is_right, plain_yes_no, ratio
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import first_of, has_fields, has_group, has_yes_or_no

PERCEPTION = (
    "existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR",
)  # fmt: skip
COGNITION = ("commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning")


def parse(item: Item, text: str) -> str | None:
    said = text.lower()
    if said in {"yes", "no"}:
        return said
    return next((word for word in ("yes", "no") if word in said[:4]), None)


def parse_strict(item: Item, text: str) -> str | None:
    return plain_yes_no(text)


def _pair(row: Row) -> str:
    return f"{row.item.category}/{row.item.cluster}"


def points(rows: Sequence[Row]) -> Metric:
    """100·acc + 100·acc+, summed over the subtasks in `rows`, with the error of all together. No error where a subtask
    has a single picture."""
    places = {name: place for place, name in enumerate(dict.fromkeys(row.item.category for row in rows))}
    right: dict[str, float] = {}
    for row in rows:
        right[_pair(row)] = min(right.get(_pair(row), 1.0), row.mark.scores["accuracy"])
    columns = np.zeros((len(rows), len(places), 4))
    seen: set[str] = set()
    for number, row in enumerate(rows):
        pair, counts = _pair(row), columns[number, places[row.item.category]]
        counts[:] = (row.mark.scores["accuracy"], 1, pair not in seen and right[pair] >= 1, pair not in seen)
        seen.add(pair)

    def figure(sums: Array) -> Array:
        parts = sums.reshape(-1, len(places), 4)
        accuracies = ratio(parts[:, :, 0], parts[:, :, 1]) + ratio(parts[:, :, 2], parts[:, :, 3])
        total: Array = 100 * accuracies.sum(axis=1)
        return total

    found = sums_metric(rows, columns.reshape(len(rows), -1), figure)
    pictures = columns[:, :, 3].sum(axis=0)
    return found if pictures.min() > 1 else replace(found, stderr=None, ci_low=None, ci_high=None)


def aggregate(rows: Sequence[Row]) -> Metrics:
    subtasks: dict[str, list[Row]] = {}
    for row in rows:
        subtasks.setdefault(row.item.category, []).append(row)
    metrics = {"accuracy": mean_metric(rows, "accuracy"), "accuracy_plus": all_right_metric(rows, "accuracy", _pair)}
    decision = decision_metrics([row for row in rows if row.mark.parsed is not None] or rows, "yes")
    metrics |= {name: decision[name] for name in ("precision", "recall")}
    for whole, names in (("perception", PERCEPTION), ("cognition", COGNITION)):
        if found := [row for row in rows if row.item.category in names]:
            metrics[whole] = points(found)
    return metrics | {f"{name}.score": points(some) for name, some in subtasks.items()} | {"other": _other(rows)}


def _other(rows: Sequence[Row]) -> Metric:
    number = unparsed_in(rows)
    return Metric(float(number), None, None, None, len(rows), number)


_REFUSAL = first_of(has_yes_or_no, has_fields("category"), has_group)
FIELDS = {"references": "yes or no", "category": "the subtask", "group": "the picture: its two questions are a pair"}
PROTOCOLS = [
    Protocol("mme_official@1", _("MME"), parse, is_right, _REFUSAL, aggregate=aggregate, fields=FIELDS),
    Protocol("mme_strict@1", _("MME, yes and no as words"), parse_strict, is_right, _REFUSAL, aggregate=aggregate,
             fields=FIELDS),
]  # fmt: skip
