"""Covariance of estimates that solve sum of u_i(b) = 0, when judgments share tasks and assessors.

V_C = C/(C-1) · H⁻¹ (sum over clusters (sum of u_i)(sum of u_i)ᵀ) H⁻¹      for C = tasks, assessors, cells
the variance of cᵀb is max(c(V_T + V_A - V_I)c, cV_Tc, cV_Ac): as `clustered`, the max rule holds for each contrast
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from apps.statistics.clustered import ZERO_VARIANCE, Estimate, satterthwaite
from apps.statistics.codes import as_codes, as_places, cell_codes
from apps.statistics.student import quantile, two_sided
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Information:
    """What judgments tell, by assessor: the sum of weights · x xᵀ over rows of `x` (M, p), by place in `rows`.

    `labels`, `rows` and `weights`: one entry for each judgment, or each kind of them. A matrix for each of many
    assessors would be large, so that it is never made.
    """

    labels: Codes
    x: Array
    rows: Codes
    weights: Array

    def along(self, c: Array) -> Array:
        """cᵀ(information)c of each assessor, (G,)."""
        told = self.weights * ((self.x @ c) ** 2)[self.rows]
        return np.bincount(self.labels, told).astype(np.float64, copy=False)


@dataclass(frozen=True)
class ClusteredCovariance:
    """Three (p, p) matrices and how many clusters of each kind there are; `bread`: H⁻¹, where `told` is given."""

    by_task: Array
    by_assessor: Array
    by_cell: Array
    tasks: int
    assessors: int
    told: Information | None = None
    bread: Array | None = None

    @property
    def degrees_of_freedom(self) -> int:
        """At most."""
        return min(self.tasks, self.assessors) - 1

    def degrees_for(self, contrast: ArrayLike) -> int:
        """Fewer where a few assessors tell most of what is known of the contrast: as `ClusteredMean`, G* = 1/sum of
        squares of their shares of the information."""
        if self.told is None or self.bread is None or self.degrees_of_freedom < 2:
            return self.degrees_of_freedom
        c = np.asarray(contrast, dtype=np.float64)
        shares = self.told.along(self.bread @ c)
        even = round(float(shares.sum() ** 2 / (shares @ shares)), 9)
        if even >= self.assessors:
            return self.degrees_of_freedom
        task, assessor = (float(c @ part @ c) for part in (self.by_task, self.by_assessor))
        return min(self.degrees_of_freedom, satterthwaite(self.variance(c), task, self.tasks, assessor, even))

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
        """`value` ± q·sqrt(V), q on `degrees_for` degrees of freedom, and its t test against `null`."""
        known = Estimate(value, tasks=self.tasks, assessors=self.assessors, undefined=self.missing)
        if self.missing:
            return known
        variance = self.variance(contrast)
        if not variance > ZERO_VARIANCE:  # what is left of it is rounding
            return replace(known, undefined=Reason.NO_VARIATION)
        error, df = math.sqrt(variance), self.degrees_for(contrast)
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
    rows: Codes,
    columns: Codes,
    u: Array,
    hessian: Array,
    tasks: ArrayLike,
    assessors: ArrayLike,
    told: Information | None = None,
) -> ClusteredCovariance:
    """`u` in coordinates: u[k] is the entry of judgment `rows[k]` for parameter `columns[k]`, what is not listed is 0.

    `hessian` (p, p); `tasks` and `assessors` one label per judgment; `told` as in
    `dense_covariance`. NaN matrices where there is only one cluster.
    """
    task, assessor, cell = _clusters(tasks, assessors)
    bread = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    parts = [bread @ _meat(labels, rows, columns, u, len(hessian)) @ bread for labels in (task, assessor, cell)]
    return ClusteredCovariance(parts[0], parts[1], parts[2], int(task.max()) + 1, int(assessor.max()) + 1, told, bread)


def kinds_covariance(
    x: Array, residual: Array, kinds: Codes, weights: Array, tasks: ArrayLike, assessors: ArrayLike
) -> ClusteredCovariance:
    """Of weighted least squares where judgments are of M kinds: `x` (M, p), `residual` (M,); the entries of judgment i
    are weights[i] · residual[kinds[i]] · x[kinds[i]]."""
    task, assessor, cell = _clusters(tasks, assessors)
    labels, sums = (task, assessor, cell), [[], [], []]  # type: tuple[Codes, ...], list[list[Array]]
    alone, u = int(cell.max()) + 1 == len(cell), x * residual[:, None]
    for column in np.ascontiguousarray(u.T):
        told = weights * column[kinds]
        for number in range(2 if alone else 3):
            sums[number].append(np.bincount(labels[number], told).astype(np.float64, copy=False))
    names, place = as_places(assessor * len(x) + kinds)
    mass = np.bincount(place, weights, minlength=len(names)).astype(np.float64, copy=False)
    known = Information(names // len(x), x, names % len(x), mass)
    hessian = (x * np.bincount(kinds, weights, minlength=len(x))[:, None]).T @ x
    bread = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    parts = [bread @ _squared(np.stack(found)) @ bread for found in sums if found]
    if alone:
        squares = np.bincount(kinds, weights**2, minlength=len(u))
        parts.append(bread @ ((u * squares[:, None]).T @ u) @ bread * _correction(len(cell)))
    return ClusteredCovariance(parts[0], parts[1], parts[2], int(task.max()) + 1, int(assessor.max()) + 1, known, bread)


def dense_covariance(
    u: Array, hessian: Array, tasks: ArrayLike, assessors: ArrayLike, told: Information | None = None
) -> ClusteredCovariance:
    """As `clustered_covariance`, `u` (n, p)."""
    task, assessor, cell = _clusters(tasks, assessors)
    bread = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    columns = np.ascontiguousarray(u.T)
    parts = [bread @ _dense_meat(labels, columns) @ bread for labels in (task, assessor, cell)]
    return ClusteredCovariance(parts[0], parts[1], parts[2], int(task.max()) + 1, int(assessor.max()) + 1, told, bread)


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
