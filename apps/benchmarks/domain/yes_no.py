"""Answers of yes and no: how a person would read one, and the figures of a two-way decision."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metrics, mean_metric, sums_metric

Array = NDArray[np.float64]


def plain_yes_no(text: str) -> str | None:
    """“yes” or “no” as the first word, or the only one of the two that is said anywhere; else None."""
    words: list[str] = re.findall(r"[a-z']+", text.lower())
    if words and words[0] in {"yes", "no"}:
        return words[0]
    said = {word for word in words if word in {"yes", "no"}}
    return said.pop() if len(said) == 1 else None


def truth(item: Item) -> str:
    return item.references[0].strip().lower()


def is_right(item: Item, parsed: Any) -> float:
    return float(parsed == truth(item))


def ratio(over: Array, under: Array) -> Array:
    """0 where there is nothing below the line, as the official scripts would otherwise fail."""
    return np.divide(over, under, out=np.zeros_like(over), where=under != 0)


def f1_of(precision: Array, recall: Array) -> Array:
    return ratio(2 * precision * recall, precision + recall)


def counts_of(rows: Sequence[Row], positive: str) -> Array:
    """Columns: true positive, said positive, truly positive, said anything, one. Shape (n, 5)."""
    columns = []
    for row in rows:
        said, true = row.mark.parsed == positive, truth(row.item) == positive
        columns.append((said and true, said, true, row.mark.parsed is not None, True))
    return np.array(columns, dtype=np.float64)


def decision_metrics(rows: Sequence[Row], positive: str) -> Metrics:
    """Accuracy, precision, recall and F1 of `positive`, and the share of it among predictions."""
    counts = counts_of(rows, positive)

    def precision(sums: Array) -> Array:
        return ratio(sums[:, 0], sums[:, 1])

    def recall(sums: Array) -> Array:
        return ratio(sums[:, 0], sums[:, 2])

    return {
        "accuracy": mean_metric(rows, "accuracy"),
        "precision": sums_metric(rows, counts, precision),
        "recall": sums_metric(rows, counts, recall),
        "f1": sums_metric(rows, counts, lambda sums: f1_of(precision(sums), recall(sums))),
        f"{positive}_ratio": sums_metric(rows, counts, lambda sums: ratio(sums[:, 1], sums[:, 3])),
    }
