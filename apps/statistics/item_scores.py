"""Scores of benchmark items: a mean or a figure of sums, its standard error clustered by what items share, power.

    mean     m = mean s;  V = C/(C-1) · sum over clusters (sum of (s_i - m) in the cluster)² / n²
    figure   f(sums);  jackknife: V = (C-1)/C · sum over clusters (f without the cluster - their mean)²
    interval value ± q·sqrt(V), q a t quantile on C - 1 degrees of freedom, C the number of clusters

Sources: Miller 2024 (clustered errors of evaluations), with the factor C/(C-1) of Liang & Zeger as `inspect_ai` has it;
Efron & Tibshirani 1993, ch. 11 (the delete-one jackknife). Where every cluster is one item, V is s²/n.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from apps.statistics.student import quantile

Array = NDArray[np.float64]
ROUNDING = 1e-12  # of the figure's scale: a standard error below it is rounding


@dataclass(frozen=True)
class Estimate:
    """`stderr` and the interval are None below two clusters, the interval also where nothing varies."""

    value: float
    stderr: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


def codes_of(labels: Sequence[str]) -> tuple[NDArray[np.intp], int]:
    """Labels as 0..C-1 in the order they come, and C."""
    seen: dict[str, int] = {}
    codes = np.fromiter((seen.setdefault(label, len(seen)) for label in labels), dtype=np.intp, count=len(labels))
    return codes, len(seen)


def estimate_mean(scores: ArrayLike, clusters: Sequence[str], *, confidence: float = 0.95) -> Estimate:
    """Shapes (n,), (n,). Raises ValueError without scores."""
    values = np.asarray(scores, dtype=np.float64)
    if not len(values):
        raise ValueError("there is no mean of no scores")
    codes, count = codes_of(clusters)
    mean = math.fsum(values) / len(values)
    if count < 2:
        return Estimate(mean)
    totals = np.bincount(codes, weights=values - mean)
    variance = count / (count - 1) * float(totals @ totals) / len(values) ** 2
    return _interval(mean, math.sqrt(variance), count, confidence)


def estimate_of_sums(
    columns: Array, clusters: Sequence[str], figure: Callable[[Array], Array], *, confidence: float = 0.95
) -> Estimate:
    """`columns` (n, k) are summed over items; `figure` takes sums (m, k) and gives m values."""
    codes, count = codes_of(clusters)
    sums = columns.sum(axis=0)
    value = float(figure(sums[None, :])[0])
    if count < 2:
        return Estimate(value)
    parts = np.stack([np.bincount(codes, weights=column) for column in columns.T], axis=1)
    without = figure(sums[None, :] - parts)
    variance = (count - 1) / count * float(((without - without.mean()) ** 2).sum())
    return _interval(value, math.sqrt(variance), count, confidence)


def _interval(value: float, stderr: float, clusters: int, confidence: float) -> Estimate:
    """None of no width: that nothing varied in so few clusters does not make the value certain."""
    if stderr <= ROUNDING * max(1.0, abs(value)):
        return Estimate(value, 0.0)
    half = quantile(clusters - 1, confidence) * stderr
    return Estimate(value, stderr, value - half, value + half)


def items_needed(
    difference: float, *, spread_a: float = 0.5, spread_b: float = 0.5, correlation: float = 0.5,
    alpha: float = 0.05, power: float = 0.8,
) -> int:  # fmt: skip
    """How many items show a true `difference` of two means on the same items: n = ((z_a + z_b)·s_d / difference)²."""
    return math.ceil(((_z(1 - alpha / 2) + _z(power)) * _spread(spread_a, spread_b, correlation) / difference) ** 2)


def smallest_difference(
    items: float, *, spread_a: float = 0.5, spread_b: float = 0.5, correlation: float = 0.5,
    alpha: float = 0.05, power: float = 0.8,
) -> float:  # fmt: skip
    """The smallest true difference that `items` independent items show with that power."""
    return (_z(1 - alpha / 2) + _z(power)) * _spread(spread_a, spread_b, correlation) / math.sqrt(items)


def _spread(a: float, b: float, correlation: float) -> float:
    return math.sqrt(a * a + b * b - 2 * correlation * a * b)


def _z(share: float) -> float:
    return float(special.ndtri(share))
