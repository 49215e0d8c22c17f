"""The judgments of a report counted once, for all that is estimated from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.columns import VERDICT_SCORES
from apps.statistics.tallied import layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apps.reports.domain.columns import Columns
    from apps.reports.domain.numbers import Asked, Facts
    from apps.statistics.tallied import Layout, Tally

    Codes = NDArray[np.uint8]

PREFERENCES = np.array([-1.0, 0.0, 1.0])
SIDED_SCORES = np.array([0, 0, 0.5, 0.5, 1, 1])  # of A by code of `sided`
LEFT_WON = np.array([1, 0, 0, 0, 0, 1])
OUTCOMES = (2 * VERDICT_SCORES).astype(np.uint8)  # by verdict: B won, neither, A won


@dataclass(frozen=True)
class Answers:
    """What was said of answers A and of answers B by place in `points`: points, or 0 and 1 for one mark or more. Of
    points also how far A's are above B's in one judgment, by place in `steps`."""

    a: Tally
    b: Tally
    points: NDArray[np.float64]
    apart: Tally | None = None
    steps: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Counted:
    """Groups of the layout and its tallies are clusters × languages: `cluster` and `language` say which is where.

    `verdicts` by place in VERDICTS; `sided` by who won and whether A stood left, `sides` the codes behind, one for each
    judgment; of each criterion `ratings` by place in PREFERENCES, `rated` the codes behind, 3 where it was left out;
    `answers` of the criteria that are asked of each answer.
    """

    layout: Layout
    cluster: NDArray[np.int64]
    language: NDArray[np.int64]
    verdicts: Tally
    sided: Tally
    sides: Codes
    ratings: dict[str, Tally]
    rated: dict[str, Codes]
    answers: dict[str, Answers]


def count(data: Columns, facts: Facts) -> Counted:
    languages = max(1, len(data.language_names))
    parts = layout(
        data.tasks,
        data.assessors,
        data.clusters.astype(np.int64) * languages + data.languages,
        least=max(1, len(data.cluster_names) * languages),
    )
    part = np.arange(parts.groups)
    sides = 2 * OUTCOMES[data.verdicts] + data.a_on_left
    rated = {key: preferred(data.ratings[key]) for key in facts.criteria}
    return Counted(
        layout=parts,
        cluster=part // languages,
        language=part % languages,
        verdicts=parts.tally(data.verdicts, len(VERDICT_SCORES)),
        sided=parts.tally(sides, len(SIDED_SCORES)),
        sides=sides,
        ratings={key: parts.tally(codes, len(PREFERENCES)) for key, codes in rated.items()},
        rated=rated,
        answers={item.key: _answers(data, parts, item) for item in facts.asked if item.kind != "comparative"},
    )


def preferred(ratings: NDArray[np.float32]) -> Codes:
    """Places in PREFERENCES, 3 where there is none."""
    return np.asarray(np.where(np.isnan(ratings), 3, ratings + 1).astype(np.uint8))


def marked(values: NDArray[np.float32]) -> Codes:
    """1 where there is a mark, 0 where there is none, 2 where nobody looked."""
    return np.where(np.isnan(values), np.uint8(2), values > 0)


def _answers(data: Columns, parts: Layout, item: Asked) -> Answers:
    told = data.values[item.key]
    points = np.arange(2.0) if item.kind == "marks" else _points(told)
    codes = (marked(values) if item.kind == "marks" else _scored(values, points) for values in told)
    a, b = (parts.tally(code, len(points)) for code in codes)
    if item.kind == "marks":
        return Answers(a, b, points)
    apart, steps = _apart(*told)
    return Answers(a, b, points, parts.tally(apart, len(steps)), steps)


def _apart(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[Codes, NDArray[np.float64]]:
    """Places in the differences that occur, which rise; one beyond the last where an answer was not looked at."""
    apart = a - b
    known = ~np.isnan(apart)
    most = int(np.abs(apart[known]).max(initial=0))
    moved = np.where(known, apart + most, 2 * most + 1).astype(np.int64)
    steps = np.flatnonzero(np.bincount(moved, minlength=2 * most + 2)[:-1])
    place = np.full(2 * most + 2, len(steps), dtype=np.uint8)
    place[steps] = np.arange(len(steps))
    return place[moved], np.asarray(steps - most, dtype=np.float64)


def _points(told: tuple[NDArray[np.float32], NDArray[np.float32]]) -> NDArray[np.float64]:
    """All that were given, rising."""
    given = [np.bincount(values[~np.isnan(values)].astype(np.int64), minlength=1) for values in told]
    return np.asarray(np.union1d(*map(np.flatnonzero, given)), dtype=np.float64)


def _scored(values: NDArray[np.float32], points: NDArray[np.float64]) -> Codes:
    """Places in `points`; one beyond the last where nobody looked."""
    known, most = ~np.isnan(values), int(points.max(initial=0)) + 1
    place = np.full(most + 1, len(points), dtype=np.uint8)
    place[points.astype(np.int64)] = np.arange(len(points))
    return place[np.where(known, values, most).astype(np.int64)]
