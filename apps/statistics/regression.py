"""The win rate with something else held still: the side on the screen, the difference of lengths.

Arrays have one entry per judgment; every task counts once, w = 1/(T·n_t); errors are clustered both ways (`sandwich`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from apps.statistics.clustered import Estimate
from apps.statistics.codes import as_codes, as_kinds
from apps.statistics.sandwich import ClusteredCovariance, Information, dense_covariance, kinds_covariance
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]

MAX_STEPS, CLOSE = 50, 1e-10
ROUNDING = 1e-10
LARGEST = 15.0  # logits: beyond, the data have no finite estimate


@dataclass(frozen=True)
class SideEffect:
    """`adjusted`: the win rate as if A stood left half the time; `effect`: what standing left adds to a score."""

    adjusted: Estimate
    effect: Estimate


def side_effect(scores: ArrayLike, a_on_left: ArrayLike, tasks: ArrayLike, assessors: ArrayLike) -> SideEffect:
    """Weighted least squares of the score on 1 and ±½ for A on the left or right."""
    y, left = np.asarray(scores, dtype=np.float64), np.asarray(a_on_left, dtype=bool)
    empty = _empty(y, left)
    if empty:
        empty = replace(empty, undefined=Reason.ONE_SIDE) if len(y) else empty
        return SideEffect(empty, empty)
    kind, (score, on_left) = as_kinds([y, left.astype(np.int8)])
    x, w = np.stack([np.ones(len(score)), on_left - 0.5], axis=1), _weights(tasks)
    b, spread = _least_squares(x, score, kind, w, tasks, assessors)
    adjusted, effect = (spread.estimate(float(b[k]), np.eye(2)[k], null=null) for k, null in ((0, 0.5), (1, 0.0)))
    return SideEffect(
        _within(replace(adjusted, judgments=len(y)), 0.0), _within(replace(effect, judgments=len(y)), -1.0)
    )


def _within(found: Estimate, least: float) -> Estimate:
    """With an interval that claims nothing impossible: not below `least` and not above 1."""
    if found.low is None or found.high is None:
        return found
    return replace(found, low=max(least, found.low), high=min(1.0, found.high))


def linear_effects(
    values: ArrayLike, causes: ArrayLike, tasks: ArrayLike, assessors: ArrayLike
) -> tuple[Estimate, ...]:
    """What one step of each of `causes` (n, p) adds to `values`, the others held still; weighted least squares.

    A cause that never varies, or that the others determine, has no effect of its own: Reason.NO_VARIATION.
    """
    x = np.asarray(causes)
    kind, (y, *columns) = as_kinds([np.asarray(values, dtype=np.float64), *x.T])
    none = Estimate(None, judgments=len(x), undefined=Reason.NO_VARIATION if len(x) else Reason.NO_JUDGMENTS)
    found, whole = [none] * x.shape[1], np.stack([np.ones(len(y)), *columns], axis=1)
    kept = _independent(whole, np.bincount(kind, minlength=len(y))) if len(x) else []
    if not kept:
        return tuple(found)
    design = whole[:, [0, *(column + 1 for column in kept)]]
    b, spread = _least_squares(design, y, kind, _weights(tasks), tasks, assessors)
    for place, column in enumerate(kept, start=1):
        told = spread.estimate(float(b[place]), np.eye(len(b))[place])
        found[column] = replace(told, judgments=len(x))
    return tuple(found)


def _least_squares(
    x: Array, y: Array, kind: Codes, w: Array, tasks: ArrayLike, assessors: ArrayLike
) -> tuple[Array, ClusteredCovariance]:
    """`x` (M, p) and `y` (M,) of M kinds of judgments, `kind` and weight `w` of each judgment."""
    mass = np.bincount(kind, w, minlength=len(y))
    hessian = (x * mass[:, None]).T @ x
    b: Array = np.asarray(np.linalg.solve(hessian, x.T @ (mass * y)), dtype=np.float64)
    return b, kinds_covariance(x, y - x @ b, kind, w, tasks, assessors)


def _independent(design: Array, times: Codes) -> list[int]:
    """Columns after the first, of ones, that are no linear combination of those before them: what those leave
    unexplained of a column's squared length is more than rounding. Each row is there so many `times`."""
    gram, kept = (design * times[:, None]).T @ design, [0]
    for column in range(1, design.shape[1]):
        beside = gram[kept, column]
        left = gram[column, column] - beside @ np.linalg.solve(gram[np.ix_(kept, kept)], beside)
        if left > ROUNDING * gram[column, column]:
            kept.append(column)
    return [column - 1 for column in kept[1:]]


@dataclass(frozen=True)
class LengthEffect:
    """`at_equal_length`: the win rate where both answers are as long; `slope`: logits per tanh(difference/spread).

    `spread` is the standard deviation of the differences. `longer_wins`: among decisive judgments of unequal length.
    """

    at_equal_length: Estimate
    slope: Estimate
    spread: float


def length_effect(scores: ArrayLike, longer: ArrayLike, tasks: ArrayLike, assessors: ArrayLike) -> LengthEffect:
    """Fractional logit E[y] = σ(b0 + b1·tanh(d/s)), d = length of A minus length of B, s its standard deviation.

    The form of AlpacaEval (Dubois et al. 2024); the interval is σ(b0 ± q·sqrt(V)), V clustered both ways: the error of
    the estimate, not the spread of fitted values. Length may be part of quality, so this explains, and decides nothing.
    """
    y, d = np.asarray(scores, dtype=np.float64), np.asarray(longer, dtype=np.float64)
    spread = float(d.std()) if len(d) else 0.0
    empty = _empty(y, d)
    if empty:
        return LengthEffect(empty, empty, spread)
    (unit, of_unit), w = _units(d, tasks), _weights(tasks)
    weight = np.asarray(np.bincount(unit, w), dtype=np.float64)
    x = np.stack([np.ones(len(weight)), np.tanh(of_unit / spread)], axis=1)
    b, hessian = _fractional_logit(x, np.bincount(unit, w * y) / weight, weight)
    if np.abs(b).max() > LARGEST:
        none = Estimate(None, judgments=len(y), undefined=Reason.SEPARATED)
        return LengthEffect(none, none, spread)
    mean, person = _expit(x @ b), as_codes(assessors)
    told = Information(person, x, unit, w * (mean * (1 - mean))[unit])
    left = np.repeat((w * (y - mean[unit]))[None], 2, axis=0)
    left[1] *= np.ascontiguousarray(x[:, 1])[unit]
    covariance = dense_covariance(left.T, hessian, tasks, person, told)
    level, slope = (covariance.estimate(float(b[k]), np.eye(2)[k]) for k in (0, 1))
    return LengthEffect(
        replace(_as_share(level, covariance), judgments=len(y)), replace(slope, judgments=len(y)), spread
    )


def _units(d: Array, tasks: ArrayLike) -> tuple[Codes, Array]:
    """What each judgment belongs to, and the `d` of that: tasks, where all judgments of each have the same, so that the
    same equations need one row for each; else single judgments."""
    task = as_codes(tasks)
    of_task = np.zeros(int(task.max()) + 1)
    of_task[task] = d
    return (task, of_task) if (of_task[task] == d).all() else (np.arange(len(d)), d)


def _as_share(level: Estimate, covariance: ClusteredCovariance) -> Estimate:
    if level.value is None:
        return level
    share = 1 / (1 + math.exp(-level.value))
    if level.low is None or level.high is None:
        return replace(level, value=share)
    low, high = (1 / (1 + math.exp(-end)) for end in (level.low, level.high))
    error = share * (1 - share) * (level.standard_error or 0)
    return replace(level, value=share, low=low, high=high, standard_error=error)


def _fractional_logit(x: Array, y: Array, w: Array) -> tuple[Array, Array]:
    b = np.zeros(x.shape[1])
    for _ in range(MAX_STEPS):
        mean = _expit(x @ b)
        hessian = (x * (w * mean * (1 - mean))[:, None]).T @ x + 1e-12 * np.eye(x.shape[1])
        step = np.linalg.solve(hessian, x.T @ (w * (y - mean)))
        b = b + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < CLOSE or np.abs(b).max() > LARGEST:
            break
    return b, hessian


def _expit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))))


def _weights(tasks: ArrayLike) -> Array:
    task = as_codes(tasks)
    return np.asarray((1 / (np.bincount(task) * (task.max() + 1)))[task])


def _empty(y: Array, varies: NDArray[np.bool_] | Array) -> Estimate | None:
    if not len(y):
        return Estimate(None, undefined=Reason.NO_JUDGMENTS)
    return None if np.ptp(varies.astype(np.float64)) > 0 else Estimate(None, undefined=Reason.NO_VARIATION)
