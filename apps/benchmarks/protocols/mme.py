"""MME: two yes-or-no questions a picture; a subtask's score is 100·accuracy + 100·(share of pictures wholly right).

Source: the official eval_tool/calculation.py. Parsing: lower case; exactly yes or no, else “yes”, then “no”, within the
first four characters: “Not sure” and “know” are no. Perception sums ten subtasks, cognition four (by `category`). The
strict sibling wants yes or no as a word.
"""

from collections.abc import Sequence

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
    """100·acc + 100·acc+ of one subtask, with the error of both together."""
    right: dict[str, list[float]] = {}
    for row in rows:
        right.setdefault(_pair(row), []).append(row.mark.scores["accuracy"])
    columns = np.zeros((len(rows), 4))
    seen: set[str] = set()
    for number, row in enumerate(rows):
        pair = _pair(row)
        columns[number] = (row.mark.scores["accuracy"], 1, pair not in seen and min(right[pair]) >= 1, pair not in seen)
        seen.add(pair)

    def figure(sums: Array) -> Array:
        return 100 * ratio(sums[:, 0], sums[:, 1]) + 100 * ratio(sums[:, 2], sums[:, 3])

    return sums_metric(rows, columns, figure)


def total(parts: Sequence[Metric]) -> Metric:
    """Subtasks share no picture, so their variances add up; the interval takes the sum as normal."""
    value, n = sum(part.value for part in parts), sum(part.n for part in parts)
    unparsed = sum(part.n_unparsed for part in parts)
    if any(part.stderr is None for part in parts):
        return Metric(value, None, None, None, n, unparsed)
    stderr = sum((part.stderr or 0.0) ** 2 for part in parts) ** 0.5
    return Metric(value, stderr, value - 1.96 * stderr, value + 1.96 * stderr, n, unparsed)


def aggregate(rows: Sequence[Row]) -> Metrics:
    subtasks: dict[str, list[Row]] = {}
    for row in rows:
        subtasks.setdefault(row.item.category, []).append(row)
    scores = {name: points(some) for name, some in subtasks.items()}
    metrics = {"accuracy": mean_metric(rows, "accuracy"), "accuracy_plus": all_right_metric(rows, "accuracy", _pair)}
    decision = decision_metrics([row for row in rows if row.mark.parsed is not None] or rows, "yes")
    metrics |= {name: decision[name] for name in ("precision", "recall")}
    for whole, names in (("perception", PERCEPTION), ("cognition", COGNITION)):
        if found := [scores[name] for name in names if name in scores]:
            metrics[whole] = total(found)
    return metrics | {f"{name}.score": scores[name] for name in scores} | {"other": _other(rows)}


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
