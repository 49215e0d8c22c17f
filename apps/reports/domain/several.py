"""More than two pipelines: strengths, ranks and win rates from the evaluations of one bucket taken together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from apps.statistics.bradley_terry import DisconnectedError, count_cells, covariance, fit
from apps.statistics.clustered import Estimate, win_rate
from apps.statistics.gates import cell_gate, verdict_gate
from apps.statistics.ranks import contrast, rank_intervals, strength_interval
from apps.statistics.scores import score_verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from apps.statistics.bradley_terry import Cells, Fit
    from apps.statistics.sandwich import ClusteredCovariance

POINTS = 400 / np.log(10)  # of odds 1 to 10 make 400 points
CENTRE = 1000.0
SEED = 0  # of the draws that say which places are sure
ENDLESS = 10.0  # logits: the left (or the right) always wins, and no finite number says how much that is worth


class Duel(NamedTuple):
    """One judgment; `a` and `b` say which pipelines, by their place in a list."""

    a: int
    b: int
    task: str
    assessor: str
    verdict: str
    a_on_left: bool


@dataclass(frozen=True)
class Standing:
    """`strength` of Bradley and Terry in points, mean 1000; `davidson` with ties as an outcome of their own; both None
    without an interval. `expected`: mean predicted win rate against the others. Its place is `best` to `worst`."""

    pipeline: int
    strength: Estimate
    davidson: Estimate
    expected: float
    best: int
    worst: int


@dataclass(frozen=True)
class Meeting:
    """Row against column: the `observed` win rate, and the one `predicted` from all strengths."""

    row: int
    column: int
    observed: Estimate
    predicted: float | None
    enough: bool

    @property
    def apart(self) -> bool:
        """The prediction lies outside what was observed: strengths on one line don't tell of this pair."""
        low, high = self.observed.low, self.observed.high
        if self.predicted is None or low is None or high is None:
            return False
        return self.enough and not low <= self.predicted <= high


@dataclass(frozen=True)
class Several:
    """`groups` of pipelines that met, even through others: with more than one there are no `standings`. `regularised`:
    somebody only won or only lost. `left`: what standing on the left adds, in points. `enough` for a statement."""

    pipelines: int
    judgments: int
    tasks: int
    assessors: int
    groups: tuple[tuple[int, ...], ...]
    standings: tuple[Standing, ...]
    meetings: tuple[Meeting, ...]
    regularised: bool
    left: Estimate | None
    enough: bool
    data_sha256: str


@dataclass(frozen=True)
class _Arrays:
    """One entry per judgment; `scores` are those of `left`."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    scores: NDArray[np.float64]
    tasks: NDArray[np.str_]
    assessors: NDArray[np.str_]


def rank_pipelines(pipelines: int, duels: Sequence[Duel]) -> Several:
    """Needs no judgments to give an answer; the order of `duels` does not matter. Raises ValueError where a pipeline
    meets itself."""
    duels = sorted(duels)
    data = _arrays(duels)
    tasks, people = len(np.unique(data.tasks)), len(np.unique(data.assessors))
    found = Several(
        pipelines=pipelines,
        judgments=len(duels),
        tasks=tasks,
        assessors=people,
        groups=(),
        standings=(),
        meetings=_meetings(data, None),
        regularised=False,
        left=None,
        enough=verdict_gate(tasks, people).passed,
        data_sha256=hashlib.sha256(json.dumps(duels).encode()).hexdigest(),
    )
    if pipelines < 2:
        return replace(found, groups=tuple((place,) for place in range(pipelines)))
    try:
        return _ranked(found, data)
    except DisconnectedError as error:
        return replace(found, groups=tuple(tuple(group) for group in error.groups))


def _arrays(duels: Sequence[Duel]) -> _Arrays:
    a, b = (np.array([duel[side] for duel in duels], dtype=np.int64) for side in (0, 1))
    on_left = np.array([duel.a_on_left for duel in duels], dtype=np.bool_)
    scores = score_verdicts([duel.verdict for duel in duels])
    return _Arrays(
        left=np.where(on_left, a, b),
        right=np.where(on_left, b, a),
        scores=np.where(on_left, scores, 1 - scores),
        tasks=np.array([duel.task for duel in duels], dtype=np.str_),
        assessors=np.array([duel.assessor for duel in duels], dtype=np.str_),
    )


def _ranked(found: Several, data: _Arrays) -> Several:
    cells = count_cells(data.left, data.right, data.scores, found.pipelines)
    plain, davidson = fit(cells), _davidson(cells)
    around, around_davidson = (_covariance(model, data) for model in (plain, davidson))
    ranks, rates = rank_intervals(plain, around, seed=SEED), plain.win_rates()
    standings = [
        Standing(
            pipeline=place,
            strength=_points(strength_interval(plain, around, place), CENTRE),
            davidson=_points(strength_interval(davidson, around_davidson, place), CENTRE),
            expected=float(np.delete(rates[place], place).mean()),
            best=int(ranks.best[place]) if found.enough else 1,
            worst=int(ranks.worst[place]) if found.enough else found.pipelines,
        )
        for place in np.argsort(-plain.strength, kind="stable").tolist()
    ]
    return replace(
        found,
        groups=(tuple(range(found.pipelines)),),
        standings=tuple(standings),
        meetings=_meetings(data, rates),
        regularised=plain.regularised,
        left=_left(davidson, around_davidson, found.pipelines),
    )


def _davidson(cells: Cells) -> Fit:
    """With the advantage of the left where sides were mixed enough to tell it from strength."""
    try:
        found = fit(cells, order_effect=True, ties=True)
    except np.linalg.LinAlgError:
        return fit(cells, ties=True)
    return found if abs(found.order or 0.0) < ENDLESS else fit(cells, ties=True)


def _left(model: Fit, around: ClusteredCovariance, pipelines: int) -> Estimate | None:
    if model.order is None:
        return None
    return _points(around.estimate(model.order, contrast(pipelines, None, len(model.hessian))), 0.0)


def _covariance(model: Fit, data: _Arrays) -> ClusteredCovariance:
    return covariance(model, data.left, data.right, data.scores, data.tasks, data.assessors)


def _points(logits: Estimate, centre: float) -> Estimate:
    def scaled(value: float | None) -> float | None:
        return None if value is None else float(centre + POINTS * value)

    error = None if logits.standard_error is None else float(POINTS * logits.standard_error)
    return replace(
        logits,
        value=scaled(logits.value),
        low=scaled(logits.low),
        high=scaled(logits.high),
        standard_error=error,
    )


def _meetings(data: _Arrays, rates: NDArray[np.float64] | None) -> tuple[Meeting, ...]:
    """Each pair that met once, the first of the two as the row."""
    low, high = np.minimum(data.left, data.right), np.maximum(data.left, data.right)
    found = []
    for row, column in sorted(set(zip(low.tolist(), high.tolist(), strict=True))):
        here = (low == row) & (high == column)
        scores = np.where(data.left[here] == row, data.scores[here], 1 - data.scores[here])
        rate = win_rate(scores, data.tasks[here], data.assessors[here])
        predicted = None if rates is None else float(rates[row, column])
        enough = cell_gate(rate.tasks, rate.assessors).passed
        found.append(Meeting(row, column, rate, predicted, enough))
    return tuple(found)
