"""Judgments as arrays: everything a report computes is numpy on these."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from apps.reports.domain.beside import Beside
from apps.statistics.scores import SCORES, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from numpy.typing import NDArray

NOTHING = Beside()
VERDICT_SCORES = np.array([SCORES[verdict] for verdict in VERDICTS])


class JudgmentLike(Protocol):
    """One current judgment, sides already undone: `verdict` and `ratings` speak of pipelines A and B."""

    @property
    def task_key(self) -> str: ...
    @property
    def cluster(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def assessor_id(self) -> UUID: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def verdict(self) -> str: ...
    @property
    def a_on_left(self) -> bool: ...
    @property
    def seconds(self) -> float: ...
    @property
    def ratings(self) -> Mapping[str, int]: ...
    @property
    def values(self) -> Mapping[str, tuple[int | None, int | None]]: ...


@dataclass(frozen=True)
class Columns:
    """All arrays have one entry per judgment, by task, then assessor; so sums of floats, and the frozen bytes, don't
    depend on how judgments were read. `verdicts`, `tasks`, `assessors`, `clusters` and `languages` are places in
    VERDICTS, `task_keys`, `people`, `cluster_names` and `language_names`, the last four sorted.

    `ratings` hold NaN where a criterion was left out. `values` speak of answers A and B: points, or numbers of marks,
    NaN where the answer was not looked at. `words` of the answers, NaN where their length is not known; `leaked`:
    something that might have unblinded was masked or accepted. `made`: when, in any unit.
    """

    verdicts: NDArray[np.int8]
    tasks: NDArray[np.int64]
    assessors: NDArray[np.int64]
    clusters: NDArray[np.int64]
    languages: NDArray[np.int64]
    a_on_left: NDArray[np.bool_]
    simulated: NDArray[np.bool_]
    seconds: NDArray[np.float64]
    words_a: NDArray[np.float32]
    words_b: NDArray[np.float32]
    leaked: NDArray[np.bool_]
    made: NDArray[np.int64]
    scores: NDArray[np.float64]
    ratings: dict[str, NDArray[np.float32]]
    values: dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]
    task_keys: Sequence[str]
    people: Sequence[UUID]
    cluster_names: Sequence[str]
    language_names: Sequence[str]

    def __len__(self) -> int:
        return len(self.tasks)

    @cached_property
    def median_seconds(self) -> float | None:
        return float(np.median(self.seconds)) if len(self) else None


def in_order(columns: Columns) -> Columns:
    key = (columns.tasks * max(1, len(columns.people)) + columns.assessors) * len(VERDICTS) + columns.verdicts
    key = key * 2 + columns.a_on_left
    return columns if (np.diff(key) >= 0).all() else _taken(columns, np.argsort(key))


def _taken(columns: Columns, places: NDArray[np.int64]) -> Columns:
    arrays: dict[str, Any] = {k: value[places] for k, value in vars(columns).items() if isinstance(value, np.ndarray)}
    ratings = {key: told[places] for key, told in columns.ratings.items()}
    values = {key: (a[places], b[places]) for key, (a, b) in columns.values.items()}
    return replace(columns, **arrays, ratings=ratings, values=values)


def columns_of(rows: Sequence[JudgmentLike], criteria: Sequence[str], beside: Beside = NOTHING) -> Columns:
    """The order of `rows` does not matter. Raises ValueError for a verdict that is not known."""
    unknown = next((row.verdict for row in rows if row.verdict not in SCORES), None)
    if unknown is not None:
        raise ValueError(f"unknown verdict {unknown!r}; known: {', '.join(VERDICTS)}")
    task_keys, tasks = _placed([row.task_key for row in rows])
    cluster_names, clusters = _placed([row.cluster for row in rows])
    language_names, languages = _placed([row.language for row in rows])
    people = sorted({row.assessor_id for row in rows}, key=str)
    place = {person: number for number, person in enumerate(people)}
    words = [beside.words.get(row.task_key, (np.nan, np.nan)) for row in rows]
    verdicts = np.array([VERDICTS.index(row.verdict) for row in rows], dtype=np.int8)
    return in_order(
        Columns(
            verdicts=verdicts,
            tasks=tasks,
            assessors=np.array([place[row.assessor_id] for row in rows], dtype=np.int64),
            clusters=clusters,
            languages=languages,
            a_on_left=np.array([row.a_on_left for row in rows], dtype=np.bool_),
            simulated=np.array([row.simulated for row in rows], dtype=np.bool_),
            seconds=np.array([row.seconds for row in rows], dtype=np.float64),
            words_a=np.array([a for a, _ in words], dtype=np.float32),
            words_b=np.array([b for _, b in words], dtype=np.float32),
            leaked=np.array([row.task_key in beside.leaked for row in rows], dtype=np.bool_),
            made=np.arange(len(rows)),
            scores=VERDICT_SCORES[verdicts],
            ratings={key: np.array([row.ratings.get(key, np.nan) for row in rows], np.float32) for key in criteria},
            values={key: (_values(rows, key, 0), _values(rows, key, 1)) for key in criteria},
            task_keys=task_keys,
            people=people,
            cluster_names=cluster_names,
            language_names=language_names,
        )
    )


def _placed(labels: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    names = sorted(set(labels))
    place = {name: number for number, name in enumerate(names)}
    return names, np.array([place[label] for label in labels], dtype=np.int64)


def _values(rows: Sequence[JudgmentLike], key: str, side: int) -> NDArray[np.float32]:
    said = [row.values.get(key, (None, None))[side] for row in rows]
    return np.array([np.nan if value is None else value for value in said], dtype=np.float32)


def data_sha256(data: Columns) -> str:
    """A hash over the judgments in order: the same judgments give the same hash, whoever reads them.

    SHA-256 of one line of JSON, [task keys, assessors, clusters, languages, criteria], each in the order of its places,
    and of the columns one after the other, little-endian: tasks, assessors, clusters, languages (int32), verdicts, A on
    the left, simulated (int8), seconds (float64); of each criterion ratings, values of A, values of B (int16, -9999:
    none). docs/reports.md computes it from the Parquet of the judgments.
    """
    names = [data.task_keys, [str(person) for person in data.people], data.cluster_names, data.language_names]
    hashed = hashlib.sha256(json.dumps([*map(list, names), list(data.ratings)]).encode() + b"\n")
    for places in (data.tasks, data.assessors, data.clusters, data.languages):
        hashed.update(places.astype("<i4").data)
    for flags in (data.verdicts, data.a_on_left, data.simulated):
        hashed.update(flags.astype("<i1").data)
    hashed.update(np.ascontiguousarray(data.seconds, dtype="<f8").data)
    for key, ratings in data.ratings.items():
        a, b = data.values[key]
        hashed.update(_spelled(ratings))
        hashed.update(spelled := _spelled(a))
        hashed.update(spelled if b is a else _spelled(b))  # the same where neither was asked for
    return hashed.hexdigest()


def _spelled(told: NDArray[np.float32]) -> memoryview:
    return np.where(np.isnan(told), -9999, told).astype("<i2").data
