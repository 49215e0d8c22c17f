"""AMBER, the discriminative part: “no” (the picture does not show it) is the positive class.

Source: junyangwang0410/AMBER, inference.py at 534babf (Apache-2.0). An answer counts only as exactly “Yes” or “No”.
Counts below the line begin at 0.001 (attributes, three counts together, at 0.003); F1 comes from precision and recall
in percent with one decimal, with 0.0001 in its denominator (existence: 0.001), and is rounded alike; here as a share.
The strict sibling reads yes and no plainly and rounds nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metrics
from apps.benchmarks.domain.yes_no import counts_of, decision_metrics, is_right, plain_yes_no
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import first_of, has_fields, has_yes_or_no

_START = 0.001  # what the official metrics.txt begins its counts with
_STARTS = {"attribute.": 3 * _START}
_EXISTENCE = "discriminative-hallucination"
_ATTRIBUTE = tuple(f"discriminative-attribute-{name}" for name in ("state", "number", "action"))
# The official dimensions, by the type of an annotation; what is neither of the others is a relation.
DIMENSIONS: dict[str, Callable[[str], bool]] = {
    "": lambda kind: True,
    "existence.": lambda kind: kind == _EXISTENCE,
    "attribute.": lambda kind: kind in _ATTRIBUTE,
    "state.": lambda kind: kind == _ATTRIBUTE[0],
    "number.": lambda kind: kind == _ATTRIBUTE[1],
    "action.": lambda kind: kind == _ATTRIBUTE[2],
    "relation.": lambda kind: kind != _EXISTENCE and kind not in _ATTRIBUTE,
}


def parse(item: Item, text: str) -> str | None:
    return text.lower() if text in {"Yes", "No"} else None


def parse_strict(item: Item, text: str) -> str | None:
    return plain_yes_no(text)


def one_decimal(share: float) -> float:
    """Rounded to one decimal of a percent."""
    return round(share * 100, 1) / 100


def official_metrics(rows: Sequence[Row], prefix: str) -> Metrics:
    """Errors are those of the plain figures; values are rounded, over counts that begin above 0, as the script's."""
    start, smoothing = _STARTS.get(prefix, _START), 0.001 if prefix == "existence." else 0.0001
    plain = decision_metrics(rows, "no")
    right, said, true, _any, n = (float(total) for total in counts_of(rows, "no").sum(axis=0))
    value = {
        "accuracy": one_decimal(sum(row.mark.scores["accuracy"] for row in rows) / (n + start)),
        "precision": one_decimal(right / (said + start)),
        "recall": one_decimal(right / (true + start)),
    }
    precision, recall = value["precision"], value["recall"]
    value["f1"] = one_decimal(2 * precision * recall / (precision + recall + smoothing))
    return {name: replace(plain[name], value=each) for name, each in value.items()}


def by_dimension(rows: Sequence[Row], metrics_of: Callable[[Sequence[Row], str], Metrics]) -> Metrics:
    metrics: Metrics = {}
    for prefix, belongs in DIMENSIONS.items():
        if some := [row for row in rows if belongs(row.item.category)]:
            metrics |= {f"{prefix}{name}": each for name, each in metrics_of(some, prefix).items()}
    return metrics


def aggregate(rows: Sequence[Row]) -> Metrics:
    return by_dimension(rows, official_metrics)


def aggregate_strict(rows: Sequence[Row]) -> Metrics:
    return by_dimension(rows, lambda some, prefix: decision_metrics(some, "no"))


_REFUSAL = first_of(has_yes_or_no, has_fields("category"))
FIELDS = {"references": "yes or no", "category": "the annotation's type", "group": "the picture"}
PROTOCOLS = [
    Protocol("amber_discriminative_official@1", _("AMBER, discriminative"), parse, is_right, _REFUSAL,
             aggregate=aggregate, by=(), fields=FIELDS),
    Protocol("amber_discriminative_strict@1", _("AMBER, yes and no read plainly"), parse_strict, is_right, _REFUSAL,
             aggregate=aggregate_strict, by=(), fields=FIELDS),
]  # fmt: skip
