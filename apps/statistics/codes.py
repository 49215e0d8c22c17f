"""Labels of clusters as numbers, quickly where they are numbers already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

SPARSE = 4  # integers up to so many times their number are counted rather than sorted
SHORT = 1000
EXACT = 2**52  # floats below are exact whole numbers


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
    rises = cell[1:] > cell[:-1]
    if rises.all():
        return np.arange(len(cell))
    if (rises | (cell[1:] == cell[:-1])).all():
        return np.concatenate([[0], np.cumsum(rises)])
    return as_codes(cell)


def as_places(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A rising list of names and the keys, none below 0, as places in it; names that no key has may be among them."""
    most = int(keys.max(initial=0)) + 1
    if most <= SPARSE * len(keys) + SHORT:
        return np.arange(most), keys
    names, places = np.unique(keys, return_inverse=True)
    return names, places


def distinct(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different keys, none below 0, rising, and how often each is there."""
    if int(keys.max(initial=0)) >= SPARSE * len(keys) + SHORT:
        return np.unique(keys, return_counts=True)
    times = np.bincount(keys)
    found = np.flatnonzero(times)
    return found, times[found]


def categories(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """As `np.unique` with its inverse; whole and half numbers of a short range, as ratings are, are counted."""
    if values.size and values.dtype.kind in "iuf" and (span := float(values.max()) - float(values.min())) < SHORT:
        lowest, halves = values.min(), 1 if values.dtype.kind != "f" else 2
        steps = (values - lowest) * values.dtype.type(halves)
        places = steps.astype(np.int64)
        if halves == 1 or (places == steps).all():
            there = np.bincount(places, minlength=int(span * halves) + 1) > 0
            known = (np.flatnonzero(there) / halves).astype(values.dtype) + lowest
            return known, places if there.all() else (np.cumsum(there) - 1)[places]
    known, places = np.unique(values, return_inverse=True)
    return known, places


def as_kinds(columns: Sequence[ArrayLike]) -> tuple[NDArray[np.int64], list[NDArray[Any]]]:
    """Rows of columns (n,) each as codes (n,) of the distinct rows there are, and those, column by column."""
    code, distinct = np.zeros(0, dtype=np.int64), []  # type: NDArray[np.int64], list[NDArray[Any]]
    for column in columns:
        known, place = categories(np.asarray(column))
        names, code = as_places(code * len(known) + place if distinct else place)
        there = np.bincount(code, minlength=len(names)) > 0
        code, names = (np.cumsum(there) - 1)[code] if not there.all() else code, names[there]
        distinct = [*(earlier[names // len(known)] for earlier in distinct), known[names % len(known)]]
    return code, distinct
