"""Means of judgments that share tasks and assessors, with intervals that stay right when they do.

Shapes: `values`, `tasks` and `assessors` are one-dimensional, one entry per judgment; labels may be of any sortable
type (integers are quickest). Every task counts once, however many judgments it has: w_i = 1/(T·n_t).
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apps.statistics.codes import as_codes, cell_codes
from apps.statistics.student import quantile, two_sided
from apps.statistics.undefined import Reason
from apps.statistics.wilson import wilson

GeneraliseOver = Literal["tasks+assessors", "tasks"]
ZERO_VARIANCE = 1e-20  # below any variance that half a point in one of a hundred million tasks can make


@dataclass(frozen=True)
class ClusteredMean:
    """A task-weighted mean and the parts of its variance, each with its small-sample factor C/(C-1).

    `even_assessors`: as many as G would be if all had judged alike, 1/sum of their squared shares of the weight.
    """

    mean: float
    judgments: int
    tasks: int
    assessors: int
    by_task: float
    by_assessor: float
    by_cell: float
    by_judgment: float
    even_assessors: float = math.inf

    def variance(self, over: GeneraliseOver) -> float:
        """V = max(V_T + V_A - V_I, V_T, V_A): Cameron, Gelbach & Miller 2011, with the max rule for few assessors."""
        if over == "tasks":
            return self.by_task
        return max(self.by_task + self.by_assessor - self.by_cell, self.by_task, self.by_assessor)

    def design_effect(self, over: GeneraliseOver) -> float | None:
        """V / V_iid: how many times the variance of this mean exceeds that of as many judgments sharing nothing.

        Kish 1965; V_iid = N/(N-1) · sum u_i², with the same weights. None where either variance is missing or zero.
        """
        known = self.missing(over) is None and self.by_judgment > ZERO_VARIANCE
        return self.variance(over) / self.by_judgment if known and self.variance(over) > ZERO_VARIANCE else None

    def degrees_of_freedom(self, over: GeneraliseOver) -> int:
        """min(T, G) - 1, and fewer where a few assessors did most of the work and the variance is theirs:

        V²/(V_T²/(T-1) + V_A²/(G*-1)), Satterthwaite 1946 with G* `even_assessors` (Carter, Schnepel & Steigerwald
        2017). With G - 1, intervals of 300 tasks whose judgments come from few of 30 assessors hold the truth in 92 %.
        """
        most = (self.tasks if over == "tasks" else min(self.tasks, self.assessors)) - 1
        variance = self.variance(over)
        if over == "tasks" or self.even_assessors >= self.assessors or most < 2 or not variance > ZERO_VARIANCE:
            return most
        return min(most, satterthwaite(variance, self.by_task, self.tasks, self.by_assessor, self.even_assessors))

    def missing(self, over: GeneraliseOver) -> Reason | None:
        """Why there can be no variance, if there cannot."""
        if self.tasks < 2:
            return Reason.ONE_TASK
        return Reason.ONE_ASSESSOR if over == "tasks+assessors" and self.assessors < 2 else None


def satterthwaite(variance: float, by_task: float, tasks: int, by_assessor: float, even_assessors: float) -> int:
    """Degrees of freedom of a variance whose parts are known from so many clusters, 1 at least."""
    uncertain = by_task**2 / (tasks - 1) + by_assessor**2 / max(0.5, even_assessors - 1)
    return max(1, round(variance**2 / uncertain))


@dataclass(frozen=True)
class Estimate:
    """A value with its interval. What is None is explained by `undefined`; `p` is None also where nothing is tested."""

    value: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    standard_error: float | None = None
    n_effective: float | None = None
    design_effect: float | None = None
    degrees_of_freedom: int | None = None
    judgments: int = 0
    tasks: int = 0
    assessors: int = 0
    undefined: Reason | None = None


def clustered_mean(values: ArrayLike, tasks: ArrayLike, assessors: ArrayLike) -> ClusteredMean | None:
    """The mean in which each task counts once, and its variance by task, by assessor and by cell; None without rows.

    m = sum w_i y_i;  u_i = w_i (y_i - m);  V_C = C/(C-1) · sum over clusters (sum of u_i in the cluster)²
    for C = tasks, assessors, task × assessor cells and, as if nothing were shared, single judgments.
    """
    return clustered_ratio(values, np.ones(np.shape(np.asarray(values))), tasks, assessors)


def clustered_ratio(
    values: ArrayLike, of: ArrayLike, tasks: ArrayLike, assessors: ArrayLike, *, weights: ArrayLike | None = None
) -> ClusteredMean | None:
    """The ratio R = sum w·x / sum w·d of task-weighted sums, linearised: u_i = w_i (x_i - R d_i) / sum w·d.

    `weights`: how much each judgment's task counts, by default all alike; the same for all judgments of a task, not
    negative. Rows of weight 0 are left out.

    `of` is the denominator d >= 0, e.g. 1 where the judgment was decisive. Rows with d = 0 must have x = 0; they shape
    the weights but are not counted as judgments, tasks or assessors of the ratio. None when the denominator is 0.
    Raises ValueError for arrays of unequal length, numbers that are not finite, and negative d or weights.
    """
    x, d = np.asarray(values, dtype=np.float64), np.asarray(of, dtype=np.float64)
    task, assessor = as_codes(tasks), as_codes(assessors)
    if not x.shape == d.shape == task.shape == assessor.shape or x.ndim != 1:
        raise ValueError("values, tasks and assessors must be one-dimensional and of one length")
    given = None if weights is None else np.asarray(weights, dtype=np.float64)
    check(x, d, given)
    counted = d != 0 if given is None else (d != 0) & (given != 0)
    if not counted.any():
        return None
    weight = 1 / np.bincount(task)[task]
    weight = weight if given is None else weight * given
    if not counted.all():
        x, d, weight = x[counted], d[counted], weight[counted]
        task, assessor = as_codes(task[counted]), as_codes(assessor[counted])
    total = float(weight @ d)
    ratio = float(weight @ x) / total
    u = weight * (x - ratio * d) / total
    return ClusteredMean(
        mean=ratio,
        judgments=len(x),
        tasks=int(task.max()) + 1,
        assessors=int(assessor.max()) + 1,
        by_task=_between(u, task),
        by_assessor=_between(u, assessor),
        by_cell=_between(u, cell_codes(task, assessor)),
        by_judgment=_spread(u),
        even_assessors=_even(weight * d / total, assessor),
    )


def check(x: NDArray[np.float64], d: NDArray[np.float64], weights: NDArray[np.float64] | None) -> None:
    """Raises ValueError for what a mean can't be made of."""
    if not (np.isfinite(x).all() and np.isfinite(d).all()):
        raise ValueError("values must be finite")
    if (d < 0).any() or (weights is not None and not (np.isfinite(weights) & (weights >= 0)).all()):
        raise ValueError("denominators and weights must be finite and not negative")


def _even(shares: NDArray[np.float64], codes: NDArray[np.int64]) -> float:
    """1/sum of squares of the clusters' shares, which add up to 1; a whole number where all have the same."""
    totals = np.bincount(codes, weights=shares)
    return round(1 / float(totals @ totals), 9)


def proportion(
    mean: ClusteredMean | None,
    *,
    null: float | None = None,
    confidence: float = 0.95,
    generalise_over: GeneraliseOver = "tasks+assessors",
    empty: Reason = Reason.NO_JUDGMENTS,
) -> Estimate:
    """Wilson's interval of a clustered mean in [0, 1], with an effective sample size and a t quantile.

    n_eff = m(1-m)/V, or T when V = 0;  q = t quantile on `degrees_of_freedom`;  CI = Wilson(m, n_eff, q)
    p = 2·F_t(-|m - null| / sqrt(null(1-null)/n_eff)), the score test: p < 1 - confidence exactly when the interval
    leaves `null` out. After Korn & Graubard 1998. n_eff counts yes-or-no trials of the same precision; ties vary less
    than those, so it may exceed N.
    What sharing costs is `design_effect`: N judgments are worth N/DEFF independent ones.
    """
    if mean is None:
        return Estimate(None, undefined=empty)
    share = min(1.0, max(0.0, mean.mean))
    known = _known(mean, share)
    why = mean.missing(generalise_over)
    if why:
        return replace(known, undefined=why)
    variance, df = mean.variance(generalise_over), mean.degrees_of_freedom(generalise_over)
    spread = share * (1 - share)
    n_effective = spread / variance if variance > ZERO_VARIANCE and spread > 0 else float(mean.tasks)
    low, high = wilson(share, n_effective, quantile(df, confidence))
    statistic = None if null is None else abs(share - null) / math.sqrt(null * (1 - null) / n_effective)
    return replace(
        known,
        low=low,
        high=high,
        p=None if statistic is None else two_sided(statistic, df),
        standard_error=math.sqrt(variance),
        n_effective=n_effective,
        design_effect=mean.design_effect(generalise_over),
        degrees_of_freedom=df,
    )


def win_rate(
    scores: ArrayLike,
    tasks: ArrayLike,
    assessors: ArrayLike,
    *,
    confidence: float = 0.95,
    generalise_over: GeneraliseOver = "tasks+assessors",
) -> Estimate:
    """The headline: the mean of scores 1, ½, 0 (see `scores`) against one half. Formulas in `proportion`."""
    mean = clustered_mean(scores, tasks, assessors)
    return proportion(mean, null=0.5, confidence=confidence, generalise_over=generalise_over)


def signed_mean(
    values: ArrayLike,
    tasks: ArrayLike,
    assessors: ArrayLike,
    *,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    confidence: float = 0.95,
    generalise_over: GeneraliseOver = "tasks+assessors",
) -> Estimate:
    """A mean difference d ± q·sqrt(V) against 0, for criteria: t interval and t test with the same V and df.

    `bounds` are those of a possible value (an interval never says more than -1 to 1 of a net preference). With V = 0
    there is no interval: Reason.NO_VARIATION.
    """
    mean = clustered_mean(values, tasks, assessors)
    return difference(mean, bounds=bounds, confidence=confidence, generalise_over=generalise_over)


def difference(
    mean: ClusteredMean | None,
    *,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    confidence: float = 0.95,
    generalise_over: GeneraliseOver = "tasks+assessors",
) -> Estimate:
    """As `signed_mean`, of a mean that is known."""
    if mean is None:
        return Estimate(None, undefined=Reason.NO_JUDGMENTS)
    known, variance = _known(mean, mean.mean), mean.variance(generalise_over)
    why = mean.missing(generalise_over) or (None if variance > ZERO_VARIANCE else Reason.NO_VARIATION)
    if why:
        return replace(known, undefined=why)
    df, error = mean.degrees_of_freedom(generalise_over), math.sqrt(variance)
    half = quantile(df, confidence) * error
    return replace(
        known,
        low=max(bounds[0], mean.mean - half),
        high=min(bounds[1], mean.mean + half),
        p=two_sided(abs(mean.mean) / error, df),
        standard_error=error,
        degrees_of_freedom=df,
    )


def rate_per(mean: ClusteredMean | None, unit: float, *, confidence: float = 0.95) -> Estimate:
    """A ratio such as marks a word, for every `unit` of its denominator: R ± q·sqrt(V), never below 0."""
    if mean is None:
        return Estimate(None, undefined=Reason.NO_JUDGMENTS)
    known, why = _known(mean, unit * mean.mean), mean.missing("tasks+assessors")
    if why or not mean.variance("tasks+assessors") > ZERO_VARIANCE:
        return replace(known, undefined=why or Reason.NO_VARIATION)
    df, error = mean.degrees_of_freedom("tasks+assessors"), unit * math.sqrt(mean.variance("tasks+assessors"))
    half = quantile(df, confidence) * error
    low, high = max(0.0, unit * mean.mean - half), unit * mean.mean + half
    return replace(known, low=low, high=high, standard_error=error, degrees_of_freedom=df)


def _known(mean: ClusteredMean, value: float) -> Estimate:
    return Estimate(value, judgments=mean.judgments, tasks=mean.tasks, assessors=mean.assessors)


def _between(u: NDArray[np.float64], codes: NDArray[np.int64]) -> float:
    """C/(C-1) times the sum of squared cluster totals; NaN for a single cluster, which `missing` catches."""
    return _spread(np.asarray(np.bincount(codes, weights=u), dtype=np.float64))


def _spread(totals: NDArray[np.float64]) -> float:
    return float(totals @ totals) * len(totals) / (len(totals) - 1) if len(totals) > 1 else math.nan
