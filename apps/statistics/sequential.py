"""Looking more than once without more false findings.

Group-sequential: Lan & DeMets 1983 with the spending function of O'Brien & Fleming's shape; at information fraction t
each side has spent 2(1 - Φ(z(1 - α/4)/sqrt t)). Anytime: the asymptotic confidence sequence of Waudby-Smith et al.
2021, and an exact e-process for bounded differences (Waudby-Smith & Ramdas 2020).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

GRID, REACH = 201, 8.0
BETS = (0.02, 0.05, 0.1, 0.2, 0.4)
MOST_WEALTH = 700.0  # logarithm: more evidence than any level asks for, and the next number is infinite


def obrien_fleming_spent(fraction: float, alpha: float = 0.05) -> float:
    """How much of one side's α/2 may be spent at the information fraction; all of it from 1 on."""
    if fraction <= 0:
        return 0.0
    return 2 * float(special.ndtr(-special.ndtri(1 - alpha / 4) / math.sqrt(min(1.0, fraction))))


class Spending:
    """Boundaries of |z|, one look after another, two-sided.

    The density of the score process that has not crossed is carried from look to look on a grid (Armitage, McPherson &
    Rowe 1969); each boundary is found by bisection.
    """

    def __init__(self, alpha: float = 0.05) -> None:
        self.alpha, self.spent, self.fraction = alpha, 0.0, 0.0
        self.points, self.density = np.zeros(1), np.ones(1)

    def look(self, fraction: float, *, is_last: bool = False) -> float:
        """The boundary at this information fraction. `is_last`: no look follows, so all that is left of α is spent.

        Raises ValueError unless fractions rise strictly within (0, 1].
        """
        if not self.fraction < fraction <= 1:
            raise ValueError(f"information fractions must rise within (0, 1], got {fraction} after {self.fraction}")
        step, target = math.sqrt(fraction - self.fraction), obrien_fleming_spent(1 if is_last else fraction, self.alpha)
        edge = _edge(self.points, self.density, step, target - self.spent) if target > self.spent else REACH
        grid = np.linspace(-edge, edge, GRID)
        weights = np.full(GRID, grid[1] - grid[0])
        weights[[0, -1]] /= 2
        apart = (grid[:, None] - self.points[None, :]) / step
        carried = np.exp(-0.5 * apart * apart) @ self.density / (step * math.sqrt(2 * math.pi))
        self.points, self.density = grid, carried * weights
        self.spent, self.fraction = target, fraction
        return edge / math.sqrt(fraction)


def boundaries(fractions: Sequence[float], alpha: float = 0.05) -> list[float]:
    """|z| that must be passed at each look; as `Spending`."""
    spending = Spending(alpha)
    return [spending.look(fraction) for fraction in fractions]


def conditional_power(z: float, fraction: float, drift: float, critical: float) -> float:
    """The chance that z at the end exceeds `critical`, given z now and a drift E[z at the end] (Lan, Simon & Halperin).

    One-sided; use -z for the other side.
    """
    if fraction >= 1:
        return 1.0 if z > critical else 0.0
    now = z * math.sqrt(fraction) + drift * (1 - fraction)
    return float(special.ndtr((now - critical) / math.sqrt(1 - fraction)))


def confidence_sequence_half(standard_error: float, n: float, planned: float, alpha: float = 0.05) -> float:
    """Half the width at n units, valid at all n at once, tightest near `planned` of them (eq. 9 of 2103.06476).

    half = se·sqrt(n)·sqrt(2(n·r² + 1)/(n²r²) · ln(sqrt(n·r² + 1)/α)),   r² = (-2 ln α + ln(-2 ln α + 1))/planned
    """
    r2 = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / planned
    grown = n * r2 + 1
    return standard_error * math.sqrt(n) * math.sqrt(2 * grown / (n * n * r2) * math.log(math.sqrt(grown) / alpha))


def e_process(differences: ArrayLike) -> Array:
    """Evidence against "mean 0" after each of `differences` in [-1, 1], in the order they came: reject at E >= 1/α.

    E_n = mean over bets λ of ½ prod(1 + λd) + ½ prod(1 - λd). Exact for independent tasks, at any time of looking.
    """
    d = np.asarray(differences, dtype=np.float64)
    if not (np.abs(d) <= 1).all():
        raise ValueError("differences must lie in [-1, 1]")
    bets = np.array(BETS)[:, None]
    wealth = np.concatenate([np.cumsum(np.log1p(sign * bets * d), axis=1) for sign in (1, -1)])
    return np.asarray(np.exp(np.minimum(wealth, MOST_WEALTH)).mean(axis=0))


def as_normal(statistic: float, degrees_of_freedom: int) -> float:
    """A t statistic as the z that is as surprising, so that few assessors do not break boundaries made for z."""
    tail = float(special.stdtr(degrees_of_freedom, -abs(statistic)))
    return math.copysign(min(REACH, -float(special.ndtri(tail))) if tail > 0 else REACH, statistic)


def _edge(points: Array, density: Array, step: float, spend: float) -> float:
    """b such that the next value passes b with probability `spend`."""
    low, high = 0.0, REACH
    for _ in range(60):
        middle = (low + high) / 2
        passed = float(density @ special.ndtr((points - middle) / step))
        low, high = (middle, high) if passed > spend else (low, middle)
    return (low + high) / 2
