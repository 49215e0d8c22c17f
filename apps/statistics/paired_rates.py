"""Do two ways of measuring agree on pairs of systems? The correlation of win rates over pairs.

Shapes: `x` and `y` are one-dimensional, one entry a pair: how often its first system wins, by one way and the other.

Which system of a pair comes first is arbitrary, so every pair counts from both of its sides. That makes both means ½,
and Pearson's correlation becomes r = sum d·e / sqrt(sum d² · sum e²), d = x - ½, e = y - ½: no order of names changes
it. Interval: tanh(artanh r ± z/sqrt(n - 2)), Fisher (1921), with n - 2 in place of n - 3 since no mean is estimated. It
takes pairs as independent; pairs that share a system are not, and then it is too narrow.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from apps.statistics.undefined import Reason

FEWEST = 3
ROUNDING = 1e-12


@dataclass(frozen=True)
class Correlation:
    """`value` is None where `undefined` says why; the interval is missing where r is 1 or -1. `same_winner`: of
    `decided`, pairs in which neither way sees a draw, how many have the same winner both ways."""

    pairs: int
    value: float | None
    low: float | None
    high: float | None
    same_winner: int
    decided: int
    undefined: Reason | None = None


def correlate_win_rates(x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95) -> Correlation:
    """Raises ValueError for arrays of unequal length and rates outside [0, 1]."""
    d, e = np.asarray(x, dtype=np.float64) - 0.5, np.asarray(y, dtype=np.float64) - 0.5
    if d.shape != e.shape or d.ndim != 1:
        raise ValueError("x and y must be one-dimensional and of one length")
    if not (np.abs(d) <= 0.5).all() or not (np.abs(e) <= 0.5).all():
        raise ValueError("win rates lie in [0, 1]")
    decided = (np.abs(d) > ROUNDING) & (np.abs(e) > ROUNDING)
    same = int((decided & (d * e > 0)).sum())
    scale = math.sqrt(float(d @ d) * float(e @ e))
    if len(d) < FEWEST or scale <= ROUNDING:
        why = Reason.TOO_FEW_PAIRS if len(d) < FEWEST else Reason.NO_VARIATION
        return Correlation(len(d), None, None, None, same, int(decided.sum()), why)
    r = float(d @ e) / scale
    if abs(r) >= 1 - ROUNDING:
        return Correlation(len(d), math.copysign(1.0, r), None, None, same, int(decided.sum()))
    half = float(special.ndtri((1 + confidence) / 2)) / math.sqrt(len(d) - 2)
    return Correlation(
        len(d), r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half), same, int(decided.sum())
    )
