"""Kappas of Cohen, Fleiss and Randolph, and who agrees with whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Kappa:
    """None where chance agreement is already 1, or nothing was rated by both."""

    value: float | None
    standard_error: float | None = None


def cohen_kappa(table: ArrayLike) -> Kappa:
    """Two assessors, one cross table (K, K) of counts: (p_o - p_e)/(1 - p_e), Cohen 1960.

    The large-sample error is that of Fleiss, Cohen & Everitt 1969.
    """
    counts = np.asarray(table, dtype=np.float64)
    n = counts.sum()
    if not n:
        return Kappa(None)
    p = counts / n
    rows, columns, observed = p.sum(axis=1), p.sum(axis=0), float(np.trace(p))
    chance = float(rows @ columns)
    if chance >= 1:
        return Kappa(None)
    kappa = (observed - chance) / (1 - chance)
    margins = columns[:, None] + rows[None, :]
    agreeing = (np.diag(p) * (1 - (rows + columns) * (1 - kappa)) ** 2).sum()
    differing = (1 - kappa) ** 2 * ((p - np.diag(np.diag(p))) * margins**2).sum()
    variance = (agreeing + differing - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
    return Kappa(kappa, math.sqrt(max(0.0, float(variance))))


def fleiss_kappa(counts: ArrayLike, *, free_margins: bool = False) -> Kappa:
    """Units of the same number of ratings, counts (U, K): Fleiss 1971; `free_margins`: chance is 1/K, Randolph 2005.

    Raises ValueError when units have different numbers of ratings: use `agreement.krippendorff_alpha` for those.
    """
    n = np.asarray(counts, dtype=np.float64)
    sizes = n.sum(axis=-1)
    if n.ndim != 2 or not len(n) or sizes.max() != sizes.min() or sizes[0] < 2:
        raise ValueError("Fleiss' kappa needs the same number of ratings, at least two, of every unit")
    observed = float(((n * (n - 1)).sum(axis=1) / (sizes * (sizes - 1))).mean())
    chance = 1 / n.shape[1] if free_margins else float(((n.sum(axis=0) / n.sum()) ** 2).sum())
    return Kappa((observed - chance) / (1 - chance)) if chance < 1 else Kappa(None)


@dataclass(frozen=True)
class Pairwise:
    """All (G, G), assessors in sorted order: units both rated, share rated the same, Cohen's kappa; NaN: undefined."""

    shared: NDArray[np.int64]
    agreed: Array
    kappa: Array


def agreement_between(units: ArrayLike, assessors: ArrayLike, values: ArrayLike) -> Pairwise:
    """Every assessor against every other; one entry per rating, at most one per unit and assessor: else ValueError."""
    unit, who, value = (np.unique(np.asarray(given), return_inverse=True)[1] for given in (units, assessors, values))
    size = (int(who.max()) + 1, int(unit.max()) + 1) if len(who) else (0, 0)
    rated = np.zeros(size)
    rated[who, unit] = 1
    if rated.sum() != len(who):
        raise ValueError("an assessor rated the same unit more than once")
    shared = rated @ rated.T
    same, chance = np.zeros_like(shared), np.zeros_like(shared)
    for category in np.unique(value):
        said = np.zeros(size)
        said[who[value == category], unit[value == category]] = 1
        same += said @ said.T
        chance += (said @ rated.T) * (rated @ said.T)
    with np.errstate(divide="ignore", invalid="ignore"):
        agreed, chance = same / shared, chance / shared**2
        kappa = np.where(chance < 1, (agreed - chance) / (1 - chance), np.nan)
    return Pairwise(shared.astype(np.int64), agreed, kappa)
