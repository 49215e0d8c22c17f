"""p-values of a family, adjusted. Shapes: (m,) in, (m,) out, in the order given."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Holm 1979, step-down: the family-wise error stays below alpha when adjusted p < alpha is called a finding.

    p_(k) adjusted = max over j <= k of (m - j + 1)·p_(j), at most 1. Raises ValueError outside [0, 1].
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    adjusted = np.minimum(1, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return _unsorted(adjusted, order)


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Benjamini & Hochberg 1995, step-up: the expected share of false findings stays below the level.

    p_(k) adjusted = min over j >= k of m/j·p_(j), at most 1. Raises ValueError outside [0, 1].
    """
    p = _checked(p_values)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    adjusted = np.minimum(1, np.minimum.accumulate(scaled[::-1])[::-1])
    return _unsorted(adjusted, order)


def _checked(p_values: ArrayLike) -> NDArray[np.float64]:
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p-values must be a one-dimensional array of numbers in [0, 1]")
    return p


def _unsorted(adjusted: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    result = np.empty_like(adjusted)
    result[order] = adjusted
    return result
