"""A mean that people judged on some tasks, made sharper by an automatic judge that judged all of them.

    θ = mean(Y - λf) over the tasks that people judged + λ·mean(f) over the others     Angelopoulos et al. 2023, PPI++
    λ = cov(Y, f) / ((1 + n/N) var(f)), in [0, 1];  V = V_clustered(Y - λf) + λ² var(f)/N

n tasks have both, N have the judge alone; which tasks people get must not depend on their answers, as where comparisons
are handed out in a drawn order. var(f) is over all tasks. λ is learnt from the data: a judge that knows nothing gets
weight 0, and the interval is that of people alone, `clustered.win_rate`. Errors of people stay clustered by task and
assessor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from apps.statistics.clustered import Estimate, clustered_mean, proportion
from apps.statistics.codes import as_codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]

LEAST_TASKS = 30
ALMOST = 0.999999  # Fisher's transformation has no value at 1


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
    its task; `alone`: the judge's scores of the tasks that no one else judged. Raises ValueError for scores of the
    judge that are not finite.
    """
    y, f, rest = (np.asarray(given, dtype=np.float64) for given in (scores, judged, alone))
    if not (np.isfinite(f).all() and np.isfinite(rest).all()):
        raise ValueError("the judge's scores must be finite; leave tasks out on which it has no word")
    task, people = as_codes(tasks), as_codes(assessors)
    plain = proportion(clustered_mean(y, task, people), null=0.5, confidence=confidence)
    if plain.undefined or not len(rest):
        return Powered(plain, plain, 0.0, None, False, 0.0)
    sizes = np.bincount(task)
    own, judge = np.bincount(task, y) / sizes, np.bincount(task, f) / sizes
    n, correlation = len(own), _correlation(own, judge)
    low = math.tanh(math.atanh(max(-ALMOST, min(ALMOST, correlation))) - 1.96 / math.sqrt(max(1, n - 3)))
    if n < LEAST_TASKS or low <= 0:
        return Powered(plain, plain, 0.0, correlation, False, 0.0)
    spread = float(np.concatenate([judge, rest]).var(ddof=1))
    weight = min(1.0, max(0.0, float(np.cov(own, judge)[0, 1]) / ((1 + n / len(rest)) * spread)))
    found = _powered(
        y - weight * f, task, people, weight * float(rest.mean()), weight**2 * spread / len(rest), confidence
    )
    before, after = ((estimate.standard_error or 0.0) ** 2 for estimate in (plain, found))
    return Powered(found, plain, weight, correlation, True, max(0.0, 1 - after / before) if before else 0.0)


def _correlation(own: Array, judge: Array) -> float:
    """0 where either is the same of all tasks."""
    return float(np.corrcoef(own, judge)[0, 1]) if own.std() > 0 and judge.std() > 0 else 0.0


def _powered(
    rest_of_people: Array, task: Codes, people: Codes, judge: float, variance: float, confidence: float
) -> Estimate:
    """Wilson's interval as of people alone, the judge's mean added and its variance shared by all parts of V."""
    mean = clustered_mean(rest_of_people, task, people)
    if mean is not None:
        parts = {name: getattr(mean, name) + variance for name in ("by_task", "by_assessor", "by_cell")}
        mean = replace(mean, mean=mean.mean + judge, by_judgment=math.nan, **parts)
    return proportion(mean, null=0.5, confidence=confidence)
