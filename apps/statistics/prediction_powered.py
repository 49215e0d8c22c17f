"""A mean that people judged on some tasks, made sharper by an automatic judge that judged all of them.

    θ = mean(Y - λf) over the tasks that people judged + λ·mean(f) over the others     Angelopoulos et al. 2023, PPI++
    λ = cov(Y, f) / ((1 + n/N) var(f)), in [0, 1];  V = V_clustered(Y - λf) + λ² var(f)/N

n tasks have both, N have the judge alone. λ is learnt from the data: a judge that knows nothing gets weight 0, and the
interval is that of people alone. Errors of people stay clustered by task and assessor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from apps.statistics.clustered import Estimate, clustered_mean
from apps.statistics.student import quantile, two_sided
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LEAST_TASKS = 30


@dataclass(frozen=True)
class Powered:
    """`correlation` of people's mean with the judge over the shared tasks; `passed`: its 95 % lower bound is above 0
    and there are enough tasks, so the judge may be used; otherwise `estimate` is people's alone. `saved`: the share of
    tasks that people may leave out for the same variance.
    """

    estimate: Estimate
    people_alone: Estimate
    weight: float
    correlation: float | None
    passed: bool
    saved: float


def prediction_powered(
    scores: ArrayLike,
    tasks: ArrayLike,
    assessors: ArrayLike,
    judged: ArrayLike,
    alone: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Powered:
    """`scores`, `tasks`, `assessors`, `judged`: one entry per judgment by people, `judged` being the judge's score of
    its task; `alone`: the judge's scores of the tasks that no one else judged.
    """
    y, f, rest = (np.asarray(given, dtype=np.float64) for given in (scores, judged, alone))
    task = np.unique(np.asarray(tasks), return_inverse=True)[1]
    plain, _ = _interval(y, task, assessors, 0.0, f, rest, confidence)
    if plain.undefined or not len(rest):
        return Powered(plain, plain, 0.0, None, False, 0.0)
    sizes = np.bincount(task)
    own, judge = np.bincount(task, y) / sizes, np.bincount(task, f) / sizes
    n = len(own)
    spread = float(np.concatenate([judge, rest]).var(ddof=1))
    correlation = float(np.corrcoef(own, judge)[0, 1]) if own.std() > 0 and judge.std() > 0 else 0.0
    low = math.tanh(math.atanh(max(-0.999999, min(0.999999, correlation))) - 1.96 / math.sqrt(max(1, n - 3)))
    if n < LEAST_TASKS or low <= 0:
        return Powered(plain, plain, 0.0, correlation, False, 0.0)
    weight = min(1.0, max(0.0, float(np.cov(own, judge)[0, 1]) / ((1 + n / len(rest)) * spread)))
    found, variance = _interval(y, task, assessors, weight, f, rest, confidence)
    before = (plain.standard_error or 0.0) ** 2
    return Powered(found, plain, weight, correlation, True, max(0.0, 1 - variance / before) if before else 0.0)


def _interval(
    y: np.ndarray,
    task: np.ndarray,
    assessors: ArrayLike,
    weight: float,
    f: np.ndarray,
    rest: np.ndarray,
    confidence: float,
) -> tuple[Estimate, float]:
    mean = clustered_mean(y - weight * f, task, assessors)
    if mean is None:
        return Estimate(None, undefined=Reason.NO_JUDGMENTS), 0.0
    value = mean.mean + (weight * float(rest.mean()) if weight else 0.0)
    known = Estimate(value, judgments=mean.judgments, tasks=mean.tasks, assessors=mean.assessors)
    why = mean.missing("tasks+assessors")
    variance = 0.0 if why else mean.variance("tasks+assessors")
    variance += weight * weight * float(rest.var(ddof=1)) / len(rest) if weight and len(rest) > 1 else 0.0
    if why or not variance > 0:
        return replace(known, undefined=why or Reason.NO_VARIATION), variance
    df, error = mean.degrees_of_freedom("tasks+assessors"), math.sqrt(variance)
    half = quantile(df, confidence) * error
    p = two_sided((value - 0.5) / error, df)
    low, high = max(0.0, value - half), min(1.0, value + half)
    return Estimate(value, low, high, p, error, None, None, df, known.judgments, known.tasks, known.assessors), variance
