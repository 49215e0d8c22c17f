"""A protocol's figures over many items: each with its standard error, clustered by what items share, and t interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.benchmarks.domain.items import Row
from apps.statistics.item_scores import Estimate, estimate_mean, estimate_of_sums


@dataclass(frozen=True)
class Metric:
    """`n` counts what `value` is taken over: items, or pairs and the like where the metric is over these."""

    value: float
    stderr: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    n_unparsed: int


Metrics = dict[str, Metric]


def clusters_of(rows: Sequence[Row]) -> list[str]:
    return [row.item.cluster for row in rows]


def unparsed_in(rows: Sequence[Row]) -> int:
    """Answers in which the protocol found nothing, and those that were never given."""
    return sum(row.mark.outcome != "scored" for row in rows)


def metric(estimate: Estimate, rows: Sequence[Row], n: int | None = None) -> Metric:
    bounds = (estimate.stderr, estimate.ci_low, estimate.ci_high)
    return Metric(estimate.value, *bounds, len(rows) if n is None else n, unparsed_in(rows))


def mean_metric(rows: Sequence[Row], name: str) -> Metric:
    """The mean of one score of every item."""
    return metric(estimate_mean([row.mark.scores.get(name, 0.0) for row in rows], clusters_of(rows)), rows)


def sums_metric(
    rows: Sequence[Row],
    columns: NDArray[np.float64],
    figure: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    n: int | None = None,
) -> Metric:
    """A figure of column sums, as F1 or BLEU: see `estimate_of_sums`."""
    return metric(estimate_of_sums(columns, clusters_of(rows), figure), rows, n)


def all_right_metric(rows: Sequence[Row], name: str, key: Callable[[Row], str]) -> Metric:
    """The share of groups (by `key`) in which every item scores 1; a group lies in its first item's cluster. Groups are
    counted, those with an answer that was not understood too."""
    right: dict[str, float] = {}
    cluster: dict[str, str] = {}
    unparsed = {key(row) for row in rows if row.mark.outcome != "scored"}
    for row in rows:
        label = key(row)
        right[label] = min(right.get(label, 1.0), float(row.mark.scores.get(name, 0.0) >= 1.0))
        cluster.setdefault(label, row.item.cluster)
    estimate = estimate_mean(list(right.values()), list(cluster.values()))
    return replace(metric(estimate, rows, len(right)), n_unparsed=len(unparsed))
