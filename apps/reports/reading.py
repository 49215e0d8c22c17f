"""Judgments from the database straight into arrays: records of one length, joined by PostgreSQL into large pieces that
come by COPY and are taken apart by numpy.

What counts is said by `counted_in`; a test holds that this reading equals `judgment_table`.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Aggregate, BinaryField, CharField, F, Func, Value
from django.db.models.expressions import CombinedExpression

from apps.accounts.models import User
from apps.assessment.domain.packing import NO_VALUE, packed_layout
from apps.assessment.models import Judgment
from apps.assessment.models.records import FIELDS
from apps.reports.domain.columns import NOTHING, VERDICT_SCORES, Columns
from apps.reports.domain.places import places_of
from apps.statistics.codes import distinct
from apps.statistics.scores import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from django.db.models import QuerySet
    from numpy.typing import NDArray

    from apps.assessment.models import Evaluation
    from apps.generation.models import Run
    from apps.reports.domain.beside import Beside

    Array = NDArray[Any]

HEADER = len(b"PGCOPY\n\xff\r\n\0") + 8
PIECE_BITS = 14  # of primary keys: a piece holds up to 2 to this power
# A million are joined without files; and without sorting them first, as is planned while nobody knows how few pieces
# there will be.
SETTINGS = "SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; SET LOCAL enable_sort = off"
SETTINGS_BACK = "SET LOCAL work_mem TO DEFAULT; SET LOCAL jit TO DEFAULT; SET LOCAL enable_sort TO DEFAULT"
PREFERENCES = np.array([np.nan, -1, 0, 1], dtype=np.float32)


class Joined(Aggregate):
    """Bytes one after the other."""

    function, template, output_field = "string_agg", "%(function)s(%(expressions)s, '')", BinaryField()


class Listed(Aggregate):
    function, output_field = "json_agg", CharField()


def read_columns(evaluation: Evaluation, criteria: Sequence[str], beside: Beside = NOTHING) -> Columns:
    """The judgments that count, with the lengths of the answers. Call it inside a transaction: it reads several times.

    Raises ValueError when PostgreSQL sends something else than was asked for.
    """
    said = _Said(evaluation)
    tasks, people = _Tasks(evaluation, said.take("task")), _People(said.take("assessor"))
    order = _order(tasks.places, people.places, len(people.ids))
    places, who, verdicts = tasks.places[order], people.places[order], said.take("said", order)
    del tasks.places, people.places
    a_on_left, verdicts = verdicts >= len(VERDICTS), (verdicts % len(VERDICTS)).astype(np.int8)
    nothing = np.full(len(order), np.nan, dtype=np.float32)
    keys = [key for key in criteria if key in said.asked]
    return Columns(
        verdicts=verdicts,
        tasks=places,
        assessors=who,
        clusters=tasks.clusters[places],
        languages=tasks.languages[places],
        a_on_left=a_on_left,
        simulated=people.simulated[who],
        seconds=said.take("seconds", order),
        words_a=_words(evaluation.run_a, tasks.pks)[places],
        words_b=_words(evaluation.run_b, tasks.pks)[places],
        leaked=tasks.marked(beside.leaked)[places],
        made=said.take("made", order),
        scores=VERDICT_SCORES[verdicts],
        ratings={key: PREFERENCES[said.take(key, order)] for key in keys},
        values={key: said.values(key, order) or (nothing, nothing) for key in keys},
        task_keys=tasks.keys,
        people=people.ids,
        cluster_names=tasks.cluster_names,
        language_names=tasks.language_names,
    )


def _order(tasks: Array, people: Array, panel: int) -> Array:
    """By task, then assessor; nobody judges a task twice."""
    key, count = tasks * max(1, panel) + people, len(tasks)
    if count and (int(key.max()) + 1) * count >= 2**63:
        return np.argsort(key)
    key = key * count + np.arange(count)  # numbers with their place inside are sorted thrice as fast as places
    key.sort()
    return key % count if count else key


class _Said:
    """What judgments say, by name, in any order; a column is let go once it is taken."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.asked = dict(evaluation.criteria.order_by("position", "pk").values_list("key", "kind"))
        self.record = np.dtype([*FIELDS, *packed_layout(list(self.asked.items()))])
        self.parts: dict[str, list[Array]] = {name: [] for name in self.record.names or ()}
        rows = Judgment.objects.counted_in(evaluation).order_by()
        piece = CombinedExpression(F("pk"), ">>", Value(PIECE_BITS))
        _copied(rows.values(piece=piece).annotate(joined=Joined("record")).values_list("joined"), self._keep)

    def _keep(self, joined: bytes) -> None:
        if len(joined) % self.record.itemsize:
            raise ValueError("PostgreSQL sent judgments of another length than was asked for")
        piece = np.frombuffer(joined, dtype=self.record)
        for name, parts in self.parts.items():
            parts.append(piece[name].astype(piece[name].dtype.newbyteorder("=")))

    def take(self, name: str, order: Array | None = None) -> Array:
        parts = self.parts.pop(name)
        column = np.concatenate(parts) if parts else np.zeros(0, dtype=self.record[name].newbyteorder("="))
        return column if order is None else column[order]

    def values(self, key: str, order: Array) -> tuple[Array, Array] | None:
        """Of answers A and B, where they were asked for each."""
        if f"{key}/a" not in self.parts:
            return None
        a, b = (self.take(f"{key}/{side}", order) for side in "ab")
        return _or_nan(a), _or_nan(b)


def _or_nan(values: Array) -> Array:
    return np.where(values == NO_VALUE, np.nan, values).astype(np.float32)


class _Tasks:
    """Those that were judged, by key. `places` has one entry per judgment, all else one per task."""

    def __init__(self, evaluation: Evaluation, named: Array) -> None:
        rows = evaluation.bucket.tasks.order_by().values("cluster", "language")
        rows = rows.annotate(pks=Joined(_sent("int8send", "pk")), keys=Listed("key"))
        labels, parts, keys = [], [], []  # type: list[tuple[str, str]], list[Array], list[str]

        def keep(cluster: bytes, language: bytes, pks: bytes, told: bytes) -> None:
            labels.append((cluster.decode(), language.decode()))
            parts.append(np.frombuffer(pks, dtype=">i8").astype(np.int64))
            keys.extend(json.loads(told))

        _copied(rows.values_list("cluster", "language", "pks", "keys"), keep)
        pks = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
        found = places_of(pks, named)
        if (found < 0).any():
            raise ValueError("a judgment is about a task that its evaluation does not have")
        judged = np.zeros(len(pks), dtype=np.bool_)
        judged[found] = True
        by_key = sorted(np.flatnonzero(judged).tolist(), key=keys.__getitem__)
        place = np.zeros(len(pks), dtype=np.int64)
        place[by_key] = np.arange(len(by_key))
        self.places, self.pks, self.keys = place[found], pks[by_key], [keys[number] for number in by_key]
        group = np.repeat(np.arange(len(parts)), [len(part) for part in parts])[by_key]
        used = np.unique(group).tolist()
        self.cluster_names, clusters = _named([labels[number][0] for number in used])
        self.language_names, languages = _named([labels[number][1] for number in used])
        group = np.searchsorted(used, group)
        self.clusters, self.languages = clusters[group], languages[group]

    def marked(self, keys: frozenset[str]) -> Array:
        return np.array([key in keys for key in self.keys] if keys else np.zeros(len(self.keys)), dtype=np.bool_)


class _People:
    def __init__(self, assessors: Array) -> None:
        numbers = distinct(assessors)[0].tolist()
        known = {pk: (who, programs) for pk, who, programs in _users(numbers)}
        order = sorted(numbers, key=lambda number: str(known[number][0]))
        self.ids = [known[number][0] for number in order]
        self.places = places_of(np.array(order, dtype=np.int64), assessors)
        self.simulated = np.array([known[number][1] for number in order], dtype=np.bool_)


def _users(numbers: list[int]) -> list[tuple[int, UUID, bool]]:
    return list(User.objects.filter(pk__in=numbers).values_list("pk", "public_id", "simulated"))


def _named(labels: list[str]) -> tuple[list[str], Array]:
    names = sorted(set(labels))
    place = {name: number for number, name in enumerate(names)}
    return names, np.array([place[label] for label in labels], dtype=np.int64)


def _words(run: Run, tasks: Array) -> Array:
    """Of the run's answers to these tasks; NaN where there is none."""
    rows = run.answers.order_by().filter(words__isnull=False).values("run")
    words = np.full(len(tasks), np.nan, dtype=np.float32)

    def keep(answered: bytes, told: bytes) -> None:
        places = places_of(tasks, np.frombuffer(answered, dtype=">i8").astype(np.int64))
        known = places >= 0
        words[places[known]] = np.frombuffer(told, dtype=">i4")[known]

    joined = rows.annotate(tasks=Joined(_sent("int8send", "task")), told=Joined(_sent("int4send", "words")))
    _copied(joined.values_list("tasks", "told"), keep)
    return words


def _sent(function: str, field: str) -> Func:
    return Func(F(field), function=function, output_field=BinaryField())


def _copied(rows: QuerySet[Any, Any], keep: Callable[..., None]) -> None:
    """Hands over the fields of each row as bytes, none NULL, by PostgreSQL's binary COPY: a header, then for each row
    the number of fields and every field behind its length, all big-endian; libpq hands over a row at a time."""
    sql, params = rows.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        query = cursor.cursor.mogrify(sql, params).decode()
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", _Rows(keep))
        cursor.execute(SETTINGS_BACK)


class _Rows:
    def __init__(self, keep: Callable[..., None]) -> None:
        self.keep, self.begun = keep, False

    def write(self, sent: bytes) -> None:
        start, self.begun = 0 if self.begun else HEADER, True
        if fields := list(_fields(sent, start)):
            self.keep(*fields)


def _fields(sent: bytes, at: int) -> Iterator[bytes]:
    (count,), at = struct.unpack_from(">h", sent, at), at + 2
    for _ in range(count):  # -1 ends the rows
        (size,), at = struct.unpack_from(">i", sent, at), at + 4
        yield sent[at : at + size]
        at += size
