"""How many tasks, judgments and assessors an evaluation needs to see a difference that matters.

    V(θ) = s² (ρ_t/T + ρ_a/G + (1 - ρ_t - ρ_a)/(T·r)),   s² = (1 - P(tie))/4 near one half
    the smallest difference seen = q·sqrt(V),   q = z(1 - α/2) + z(power); t quantiles where G is known

T tasks, r judgments of each, G assessors. ρ_t and ρ_a are the shares of the variance that lie between tasks and between
assessors. However many tasks there are, V never falls below s²·ρ_a/G: too few assessors put a floor under precision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from apps.statistics.codes import as_codes, cell_codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]

MOST_TASKS = 10_000_000


@dataclass(frozen=True)
class Design:
    """`assessors` None: so many that they do not matter."""

    overlap: int = 2
    assessors: int | None = None
    tie_share: float = 0.2
    between_tasks: float = 0.3
    between_assessors: float = 0.04
    alpha: float = 0.05
    power: float = 0.8

    @property
    def spread(self) -> float:
        """The variance of one judgment's score near one half."""
        return (1 - self.tie_share) / 4

    @property
    def floor(self) -> float:
        """The smallest difference that this many assessors can ever see; 0 without a number of them."""
        if self.assessors is None:
            return 0.0
        return self.quantiles(self.assessors) * math.sqrt(self.spread * self.between_assessors / self.assessors)

    def variance(self, tasks: float) -> float:
        own = max(0.0, 1 - self.between_tasks - self.between_assessors) / (tasks * self.overlap)
        people = self.between_assessors / self.assessors if self.assessors else 0.0
        return self.spread * (self.between_tasks / tasks + people + own)

    def quantiles(self, clusters: float) -> float:
        """Of the test and of the power, from t on clusters - 1 degrees of freedom; normal without assessors."""
        if self.assessors is None:
            return float(special.ndtri(1 - self.alpha / 2) + special.ndtri(self.power))
        df = max(1.0, min(clusters, self.assessors) - 1)
        return float(special.stdtrit(df, 1 - self.alpha / 2) + special.stdtrit(df, self.power))

    def smallest_difference(self, tasks: int) -> float:
        """The difference of the win rate from one half that is seen with the power asked for."""
        return self.quantiles(tasks) * math.sqrt(self.variance(tasks))

    def tasks_for(self, difference: float) -> int | None:
        """The least number of tasks that sees `difference`; None when these assessors never do: add assessors.

        Raises ValueError for a difference outside (0, ½].
        """
        _check(difference)
        if difference <= self.floor or self.smallest_difference(MOST_TASKS) > difference:
            return None
        low, high = 1, MOST_TASKS
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self.smallest_difference(middle) <= difference else (middle + 1, high)
        return low

    def assessors_for(self, difference: float, most: int = 10_000) -> int:
        """The least number of assessors whose floor lies below `difference`, so that some number of tasks sees it."""
        _check(difference)
        low, high = 2, most
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if replace(self, assessors=middle).floor < difference else (middle + 1, high)
        return low


@dataclass(frozen=True)
class Components:
    """Shares of the variance of scores; None where nothing was judged twice, or all scores are equal."""

    between_tasks: float | None
    between_assessors: float | None
    tie_share: float


def variance_components(scores: ArrayLike, tasks: ArrayLike, assessors: ArrayLike) -> Components:
    """By moments, in [0, 1] and 1 at most together: the mean product of two residuals of the same task (or assessor)
    above that of two which share neither, over the variance. Residuals alone would lose a fifth of what lies between
    five assessors, since their own mean is taken off.
    """
    y = np.asarray(scores, dtype=np.float64)
    if not len(y):
        return Components(None, None, 0.0)
    task, assessor = as_codes(tasks), as_codes(assessors)
    e, ties = y - y.mean(), float((y == 0.5).mean())
    by_task, by_assessor, by_cell = (_products(e, codes) for codes in (task, assessor, cell_codes(task, assessor)))
    everything = _products(e, np.zeros(len(e), dtype=np.int64))
    apart = everything - by_task - by_assessor + by_cell
    base = apart[0] / apart[1] if apart[1] else 0.0
    total = float(e @ e) / len(e) - base
    tasks_share, assessors_share = (_share(part - by_cell, base, total) for part in (by_task, by_assessor))
    over = max(1.0, (tasks_share or 0.0) + (assessors_share or 0.0))
    return Components(tasks_share and tasks_share / over, assessors_share and assessors_share / over, ties)


def questions_needed(difference: float, variance: float, within: float = 0.0, repeats: int = 1) -> float:
    """n = z²(ω² + 2σ²/K)/δ² paired questions for 80 % power at 5 %, each asked K times of each system: Miller 2024."""
    z = float(special.ndtri(0.975) + special.ndtri(0.8))
    return z * z * (variance + 2 * within / repeats) / difference**2


def _products(e: Array, codes: Codes) -> Array:
    """Sum of products of two different residuals of one cluster, and their number."""
    sizes, sums = np.bincount(codes), np.bincount(codes, e)
    return np.array([float(sums @ sums - e @ e), float((sizes * (sizes - 1)).sum())])


def _share(part: Array, base: float, total: float) -> float | None:
    return min(1.0, max(0.0, (part[0] / part[1] - base) / total)) if part[1] and total > 0 else None


def _check(difference: float) -> None:
    if not 0 < difference <= 0.5:
        raise ValueError(
            f"a difference of the win rate from one half lies above 0 and is at most 0.5, not {difference}"
        )
