"""Covariance of estimates that solve sum of u_i(b) = 0, when judgments share tasks and assessors.

V_C = C/(C-1) · H⁻¹ (sum over clusters (sum of u_i)(sum of u_i)ᵀ) H⁻¹      for C = tasks, assessors, cells
the variance of cᵀb is max(c(V_T + V_A - V_I)c, cV_Tc, cV_Ac): as `clustered`, the max rule holds for each contrast
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from apps.statistics.clustered import ZERO_VARIANCE, Estimate
from apps.statistics.codes import as_codes, cell_codes
from apps.statistics.student import quantile, two_sided
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class ClusteredCovariance:
    """Three (p, p) matrices and how many clusters of each kind there are."""

    by_task: Array
    by_assessor: Array
    by_cell: Array
    tasks: int
    assessors: int

    @property
    def degrees_of_freedom(self) -> int:
        return min(self.tasks, self.assessors) - 1

    @property
    def missing(self) -> Reason | None:
        if self.tasks < 2:
            return Reason.ONE_TASK
        return Reason.ONE_ASSESSOR if self.assessors < 2 else None

    def variance(self, contrast: ArrayLike) -> float:
        c = np.asarray(contrast, dtype=np.float64)
        task, assessor, cell = (float(c @ part @ c) for part in (self.by_task, self.by_assessor, self.by_cell))
        return max(task + assessor - cell, task, assessor)

    @property
    def matrix(self) -> Array:
        """The two-way matrix, what is negative in it set to 0 (Cameron, Gelbach & Miller 2011), for joint draws."""
        values, vectors = np.linalg.eigh(self.by_task + self.by_assessor - self.by_cell)
        return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)

    def estimate(self, value: float, contrast: ArrayLike, *, null: float = 0.0, confidence: float = 0.95) -> Estimate:
        """`value` ± q·sqrt(V), q on min(T, G) - 1 degrees of freedom, and its t test against `null`."""
        known = Estimate(value, tasks=self.tasks, assessors=self.assessors, undefined=self.missing)
        if self.missing:
            return known
        variance, df = self.variance(contrast), self.degrees_of_freedom
        if not variance > ZERO_VARIANCE:  # what is left of it is rounding
            return replace(known, undefined=Reason.NO_VARIATION)
        error = math.sqrt(variance)
        half = quantile(df, confidence) * error
        p = two_sided((value - null) / error, df)
        return Estimate(
            value,
            value - half,
            value + half,
            p,
            error,
            degrees_of_freedom=df,
            tasks=self.tasks,
            assessors=self.assessors,
        )


def clustered_covariance(
    rows: Codes, columns: Codes, u: Array, hessian: Array, tasks: ArrayLike, assessors: ArrayLike
) -> ClusteredCovariance:
    """`u` in coordinates: u[k] is the entry of judgment `rows[k]` for parameter `columns[k]`, what is not listed is 0.

    `hessian` (p, p); `tasks` and `assessors` one label per judgment. NaN matrices where there is only one cluster.
    """
    task, assessor, cell = _clusters(tasks, assessors)
    bread = np.linalg.inv(hessian)
    parts = [bread @ _meat(labels, rows, columns, u, len(hessian)) @ bread for labels in (task, assessor, cell)]
    return ClusteredCovariance(parts[0], parts[1], parts[2], int(task.max()) + 1, int(assessor.max()) + 1)


def kinds_covariance(
    u: Array, kinds: Codes, weights: Array, hessian: Array, tasks: ArrayLike, assessors: ArrayLike
) -> ClusteredCovariance:
    """As above where judgments of one kind have the same entries: those of judgment i are weights[i] · u[kinds[i]]."""
    task, assessor, cell = _clusters(tasks, assessors)
    labels, sums = (task, assessor, cell), [[], [], []]  # type: tuple[Codes, ...], list[list[Array]]
    alone = int(cell.max()) + 1 == len(cell)
    for column in np.ascontiguousarray(u.T):
        told = weights * column[kinds]
        for place in range(2 if alone else 3):
            sums[place].append(np.bincount(labels[place], told).astype(np.float64, copy=False))
    bread = np.linalg.inv(hessian)
    parts = [bread @ _squared(np.stack(found)) @ bread for found in sums if found]
    if alone:
        squares = np.bincount(kinds, weights**2, minlength=len(u))
        parts.append(bread @ ((u * squares[:, None]).T @ u) @ bread * _correction(len(cell)))
    return ClusteredCovariance(parts[0], parts[1], parts[2], int(task.max()) + 1, int(assessor.max()) + 1)


def dense_covariance(u: Array, hessian: Array, tasks: ArrayLike, assessors: ArrayLike) -> ClusteredCovariance:
    """As above, `u` (n, p)."""
    task, assessor, cell = _clusters(tasks, assessors)
    bread, columns = np.linalg.inv(hessian), np.ascontiguousarray(u.T)
    parts = [bread @ _dense_meat(labels, columns) @ bread for labels in (task, assessor, cell)]
    return ClusteredCovariance(parts[0], parts[1], parts[2], int(task.max()) + 1, int(assessor.max()) + 1)


def _clusters(tasks: ArrayLike, assessors: ArrayLike) -> tuple[Codes, Codes, Codes]:
    task, assessor = as_codes(tasks), as_codes(assessors)
    return task, assessor, cell_codes(task, assessor)


def _dense_meat(labels: Codes, columns: Array) -> Array:
    alone = int(labels.max()) + 1 == labels.size  # a cluster each
    return _squared(columns if alone else np.stack([np.bincount(labels, column) for column in columns]))


def _squared(sums: Array) -> Array:
    """Of sums (p, C), one for each cluster; NaN where there is one alone."""
    return np.asarray(sums @ sums.T) * _correction(sums.shape[1])


def _correction(clusters: int) -> float:
    return clusters / (clusters - 1) if clusters > 1 else np.nan


def _meat(labels: Codes, rows: Codes, columns: Codes, u: Array, size: int) -> Array:
    from scipy.sparse import csr_array  # a fifth of a second, and only models pay it

    count = int(labels.max()) + 1
    if count < 2:
        return np.full((size, size), np.nan)
    sums = csr_array((u, (labels[rows], columns)), shape=(count, size))
    return np.asarray((sums.T @ sums).toarray()) * count / (count - 1)
