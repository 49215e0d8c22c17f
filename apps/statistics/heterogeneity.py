"""Does A do better on some groups of tasks than on others?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from apps.statistics.clustered import ZERO_VARIANCE
from apps.statistics.undefined import Reason


@dataclass(frozen=True)
class Heterogeneity:
    q: float | None
    degrees_of_freedom: int | None
    p: float | None
    i_squared: float | None
    groups: int
    undefined: Reason | None = None


def cochran_q(estimates: ArrayLike, variances: ArrayLike) -> Heterogeneity:
    """Cochran's Q: sum (m_c - m)²/V_c with m the inverse-variance mean, against chi² on C - 1 degrees of freedom.

    `estimates`, `variances`: (C,), one per group. I² = max(0, (Q - df)/Q) is the share of spread beyond chance
    (Higgins & Thompson 2002). Groups without a value or variance say nothing of their own precision and are left out;
    fewer than two leave Reason.TOO_FEW_GROUPS. The groups' assessors overlap, so the test is exploratory.
    """
    m, v = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if m.shape != v.shape or m.ndim != 1:
        raise ValueError("estimates and variances must be one-dimensional and of one length")
    usable = _usable(m, v)
    m, v = m[usable], v[usable]
    if len(m) < 2:
        return Heterogeneity(None, None, None, None, len(m), Reason.TOO_FEW_GROUPS)
    q = float(((m - np.average(m, weights=1 / v)) ** 2 / v).sum())
    df = len(m) - 1
    return Heterogeneity(q, df, float(special.chdtrc(df, q)), max(0.0, (q - df) / q) if q > 0 else 0.0, len(m))


def shrink(estimates: ArrayLike, variances: ArrayLike) -> NDArray[np.float64]:
    """Each group's estimate drawn towards the mean of all by how little it is known: B·m_c + (1 - B)·m.

    B = τ²/(τ² + V_c), τ² = max(0, (Q - df)/(Σw - Σw²/Σw)) with w = 1/V (DerSimonian & Laird 1986), m weighted by
    1/(τ² + V). Empirical Bayes: small groups do not shout. NaN where a group has no variance; one group stays itself.
    """
    m, v = np.asarray(estimates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    usable = _usable(m, v)
    result = np.where(usable, m, np.nan)
    if usable.sum() < 2:
        return result
    own, w = m[usable], 1 / v[usable]
    q = float((w * (own - np.average(own, weights=w)) ** 2).sum())
    between = max(0.0, (q - (len(own) - 1)) / float(w.sum() - (w @ w) / w.sum()))
    centre = float(np.average(own, weights=1 / (between + v[usable])))
    kept = between / (between + v[usable])
    result[usable] = kept * own + (1 - kept) * centre
    return result


def _usable(m: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.bool_]:
    """What is left of a variance that cancelled out is rounding, and would weigh more than all other groups."""
    return np.asarray(np.isfinite(m) & np.isfinite(v) & (v > ZERO_VARIANCE))
