"""Judgments as arrays: one pass over the rows, then everything is numpy."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from apps.reports.domain.beside import Beside
from apps.statistics.scores import score_verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from numpy.typing import NDArray

NOTHING = Beside()


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
    """All arrays have one entry per judgment; `ratings` hold NaN where a criterion was left out. `values` speak of
    answers A and B: points, or numbers of marks, NaN where the answer was not looked at. `words` of the answers, NaN
    where their length is not known; `leaked`: something that might have unblinded was masked or accepted."""

    scores: NDArray[np.float64]
    verdicts: NDArray[np.str_]
    tasks: NDArray[np.int64]
    assessors: NDArray[np.int64]
    clusters: NDArray[np.str_]
    languages: NDArray[np.str_]
    a_on_left: NDArray[np.bool_]
    simulated: NDArray[np.bool_]
    seconds: NDArray[np.float64]
    words_a: NDArray[np.float64]
    words_b: NDArray[np.float64]
    leaked: NDArray[np.bool_]
    ratings: dict[str, NDArray[np.float64]]
    values: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]

    def __len__(self) -> int:
        return len(self.scores)

    def where(self, mask: NDArray[np.bool_]) -> Columns:
        arrays: dict[str, Any] = {
            name: value[mask] for name, value in vars(self).items() if isinstance(value, np.ndarray)
        }
        ratings = {key: values[mask] for key, values in self.ratings.items()}
        return Columns(
            **arrays, ratings=ratings, values={key: (a[mask], b[mask]) for key, (a, b) in self.values.items()}
        )


def in_order(rows: Sequence[JudgmentLike]) -> list[JudgmentLike]:
    """Rows by task, then assessor: sums of floats, and so the frozen bytes, don't depend on how they were read."""
    return sorted(rows, key=lambda row: (row.task_key, str(row.assessor_id), row.verdict, row.a_on_left))


def columns_of(rows: Sequence[JudgmentLike], criteria: Sequence[str], beside: Beside = NOTHING) -> Columns:
    """Raises ValueError for a verdict that is not known."""
    tasks = {key: code for code, key in enumerate(dict.fromkeys(row.task_key for row in rows))}
    assessors = {key: code for code, key in enumerate(dict.fromkeys(row.assessor_id for row in rows))}
    words = [beside.words.get(row.task_key, (np.nan, np.nan)) for row in rows]
    return Columns(
        scores=score_verdicts([row.verdict for row in rows]),
        verdicts=np.array([row.verdict for row in rows], dtype=np.str_),
        tasks=np.array([tasks[row.task_key] for row in rows], dtype=np.int64),
        assessors=np.array([assessors[row.assessor_id] for row in rows], dtype=np.int64),
        clusters=np.array([row.cluster for row in rows], dtype=np.str_),
        languages=np.array([row.language for row in rows], dtype=np.str_),
        a_on_left=np.array([row.a_on_left for row in rows], dtype=np.bool_),
        simulated=np.array([row.simulated for row in rows], dtype=np.bool_),
        seconds=np.array([row.seconds for row in rows], dtype=np.float64),
        words_a=np.array([a for a, _ in words], dtype=np.float64),
        words_b=np.array([b for _, b in words], dtype=np.float64),
        leaked=np.array([row.task_key in beside.leaked for row in rows], dtype=np.bool_),
        ratings={key: np.array([row.ratings.get(key, np.nan) for row in rows], dtype=np.float64) for key in criteria},
        values={key: (_values(rows, key, 0), _values(rows, key, 1)) for key in criteria},
    )


def _values(rows: Sequence[JudgmentLike], key: str, side: int) -> NDArray[np.float64]:
    said = [row.values.get(key, (None, None))[side] for row in rows]
    return np.array([np.nan if value is None else value for value in said], dtype=np.float64)


def data_sha256(rows: Sequence[JudgmentLike]) -> str:
    """A hash over the judgments in order: the same judgments give the same hash, whoever reads them."""
    hashed = hashlib.sha256()
    for row in rows:
        fields = [row.task_key, row.cluster, row.language, str(row.assessor_id), row.simulated, row.verdict]
        fields += [row.a_on_left, row.seconds, sorted(row.ratings.items())]
        fields += [sorted(row.values.items())] if row.values else []
        hashed.update(json.dumps(fields).encode() + b"\n")
    return hashed.hexdigest()
