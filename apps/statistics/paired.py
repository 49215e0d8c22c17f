"""Two systems on the same items: accuracy of each, their difference and the relative gain, where items share pictures.

Shapes: `before`, `after` and `clusters` are one-dimensional, one entry an item; scores lie in [0, 1].

    share      m = mean x;  u_i = (x_i - m)/n                interval: Wilson(m, n_eff, q), n_eff = m(1-m)/V
    difference d = mean (b_i - a_i);  u_i = (b_i - a_i - d)/n      interval and test: d ± q·sqrt(V)
    gain       R - 1, R = mean b / mean a;  u_i = (b_i - R·a_i)/sum a      interval: R·exp(± q·sqrt(V)/R) - 1

V = C/(C-1) · sum over clusters (sum of u_i in the cluster)² is robust to whatever items of a cluster share (Liang &
Zeger 1986; Miller 2024 for model evaluations); q is a t quantile on C - 1 degrees of freedom, C the number of clusters.
The ratio is linearised and its interval taken on the scale of logarithms, so that it never claims a loss above 100 %.
McNemar's test counts items that one system alone gets wholly right and the other wholly wrong; exact, so binomial
(McNemar 1947). It takes items as independent.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apps.statistics.preference import sign_test
from apps.statistics.student import quantile, two_sided
from apps.statistics.undefined import Reason
from apps.statistics.wilson import wilson

Scores = NDArray[np.float64]
ROUNDING = (
    1e-12  # of the scores' scale: a standard error below it is rounding; one item in a hundred million makes 1e-8
)


@dataclass(frozen=True)
class Interval:
    """`low` and `high` are None where `undefined` says why."""

    value: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    undefined: Reason | None = None


@dataclass(frozen=True)
class Discordant:
    """Items that are right (1) for one alone and wrong (0) for the other; `p` of McNemar's exact test."""

    both: int
    before_only: int
    after_only: int
    neither: int

    @property
    def p(self) -> float:
        return sign_test(self.before_only, self.after_only)


@dataclass(frozen=True)
class Comparison:
    """`counts` is None where scores are not all 0 or 1."""

    items: int
    clusters: int
    before: Interval
    after: Interval
    difference: Interval
    gain: Interval
    counts: Discordant | None


def compare_paired(
    before: ArrayLike, after: ArrayLike, clusters: ArrayLike, *, confidence: float = 0.95
) -> Comparison | None:
    """None without items. Raises ValueError for arrays of unequal length and scores outside [0, 1]."""
    a, b = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    labels = np.asarray(clusters)
    if not a.shape == b.shape == labels.shape or a.ndim != 1:
        raise ValueError("before, after and clusters must be one-dimensional and of one length")
    if not all(((scores >= 0) & (scores <= 1)).all() for scores in (a, b)):
        raise ValueError("scores must lie in [0, 1]")
    if not len(a):
        return None
    spread = Spread(np.unique(labels, return_inverse=True)[1], confidence)
    is_right_or_wrong = bool((np.isin(a, (0, 1)) & np.isin(b, (0, 1))).all())
    return Comparison(
        items=len(a),
        clusters=spread.count,
        before=spread.share(a),
        after=spread.share(b),
        difference=spread.difference(b - a, scale=float(max(a.max(), b.max()))),
        gain=spread.gain(a, b),
        counts=discordant(a == 1, b == 1) if is_right_or_wrong else None,
    )


def discordant(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Discordant:
    pairs = [(before & after), (before & ~after), (~before & after), (~before & ~after)]
    return Discordant(*(int(found.sum()) for found in pairs))


class Spread:
    """Intervals over clusters coded 0..C-1."""

    def __init__(self, codes: NDArray[np.intp], confidence: float) -> None:
        self.codes = codes
        self.count = int(codes.max()) + 1
        self.quantile = quantile(self.count - 1, confidence) if self.count > 1 else math.nan

    def variance(self, u: Scores) -> float:
        totals = np.bincount(self.codes, weights=u)
        return float(totals @ totals) * self.count / (self.count - 1)

    def share(self, scores: Scores) -> Interval:
        mean = float(scores.mean())
        if self.count < 2:
            return Interval(mean, undefined=Reason.ONE_TASK)
        variance, binomial = self.variance((scores - mean) / len(scores)), mean * (1 - mean)
        n_effective = binomial / variance if variance > 0 and binomial > 0 else float(self.count)
        return Interval(mean, *wilson(mean, n_effective, self.quantile))

    def difference(self, differences: Scores, scale: float) -> Interval:
        """`scale` is the largest score."""
        mean = float(differences.mean())
        if self.count < 2:
            return Interval(mean, undefined=Reason.ONE_TASK)
        error = math.sqrt(self.variance((differences - mean) / len(differences)))
        if error <= ROUNDING * scale:
            return Interval(mean, undefined=Reason.NO_VARIATION)
        half, p = self.quantile * error, two_sided(mean / error, self.count - 1)
        return Interval(mean, max(-1.0, mean - half), min(1.0, mean + half), min(1.0, p))

    def gain(self, before: Scores, after: Scores) -> Interval:
        if before.sum() == 0:
            return Interval(None, undefined=Reason.NOTHING_RIGHT)
        ratio = float(after.sum() / before.sum())
        if self.count < 2:
            return Interval(ratio - 1, undefined=Reason.ONE_TASK)
        if ratio == 0:
            return Interval(-1.0, undefined=Reason.NOTHING_RIGHT)
        error = math.sqrt(self.variance((after - ratio * before) / before.sum()))
        if error <= ROUNDING * ratio:
            return Interval(ratio - 1, undefined=Reason.NO_VARIATION)
        half = self.quantile * error / ratio
        return Interval(ratio - 1, ratio * math.exp(-half) - 1, ratio * math.exp(half) - 1)
