"""Labels of clusters as numbers, quickly where they are numbers already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SPARSE = 4  # integers up to so many times their number are counted rather than sorted


def as_codes(labels: ArrayLike) -> NDArray[np.int64]:
    """Labels as 0..C-1 in their order, shape kept: `np.unique`'s inverse, without sorting small whole numbers."""
    array: NDArray[Any] = np.asarray(labels)
    if array.dtype.kind in "iu" and array.ndim == 1 and array.size:
        highest = int(array.max())
        if array.min() >= 0 and highest <= SPARSE * array.size + 1000:
            there = np.zeros(highest + 1, dtype=bool)
            there[array] = True
            return array.astype(np.int64, copy=False) if there.all() else (np.cumsum(there) - 1)[array]
    return np.unique(array, return_inverse=True)[1].reshape(array.shape).astype(np.int64)


def cell_codes(tasks: NDArray[np.int64], assessors: NDArray[np.int64]) -> NDArray[np.int64]:
    """One code for each pair of a task and an assessor, both coded; rows in order need no sorting."""
    if not len(tasks):
        return np.zeros(0, dtype=np.int64)
    cell = tasks * (int(assessors.max()) + 1) + assessors
    step = np.diff(cell)
    if (step > 0).all():
        return np.arange(len(cell))
    if (step >= 0).all():
        return np.concatenate([[0], np.cumsum(step > 0)])
    return as_codes(cell)
