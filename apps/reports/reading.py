"""Judgments from the database straight into arrays: by COPY, in records of one length, joined with numpy.

What counts is said by the same querysets as everywhere; a test holds that this reading equals `judgment_table`.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from django.contrib.postgres.aggregates import BitOr
from django.db import connection, transaction
from django.db.models import BigIntegerField, Case, F, IntegerField, SmallIntegerField, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce

from apps.accounts.models import User
from apps.assessment.models import CriterionKind, Judgment, Rating
from apps.reports.domain.columns import NOTHING, VERDICT_SCORES, Columns, in_order
from apps.statistics.scores import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet
    from numpy.typing import NDArray

    from apps.assessment.models import Evaluation
    from apps.generation.models import Run
    from apps.reports.domain.beside import Beside

    Array = NDArray[Any]

NONE = -9999  # stands for NULL: a record has one length
HEADER, TRAILER = 19, 2
WORK_MEMORY = "128MB"  # for joins of a million rows without files


def read_columns(evaluation: Evaluation, criteria: Sequence[str], beside: Beside = NOTHING) -> Columns:
    """The judgments that count, with the lengths of the answers. Call it inside a transaction: it reads several times.

    Raises ValueError when PostgreSQL sends something else than was asked for.
    """
    said = _judgments(evaluation)
    tasks = _Tasks(evaluation, said["comparison"])
    people = _People(said["assessor"])
    verdicts = said["verdict"].astype(np.int8)
    found = _Found(said["pk"] if criteria else said["pk"][:0])
    preferences = _preferences(evaluation, criteria, found) if criteria else {}
    nothing = np.full(len(said), np.nan, dtype=np.float32)
    keys = [key for key in criteria if key in preferences]
    told = _values(evaluation, criteria, found)
    return in_order(
        Columns(
            verdicts=verdicts,
            tasks=tasks.places,
            assessors=people.places,
            clusters=tasks.clusters,
            languages=tasks.languages,
            a_on_left=said["a_on_left"].astype(np.bool_),
            simulated=people.simulated,
            seconds=said["seconds"].astype(np.float64),
            words_a=tasks.words_a,
            words_b=tasks.words_b,
            leaked=tasks.marked(beside.leaked),
            made=said["made"].astype(np.int64),
            scores=VERDICT_SCORES[verdicts],
            ratings={key: preferences[key] for key in keys},
            values={key: told.get(key, (nothing, nothing)) for key in keys},
            task_keys=tasks.keys,
            people=people.ids,
            cluster_names=tasks.cluster_names,
            language_names=tasks.language_names,
        )
    )


def _judgments(evaluation: Evaluation) -> Array:
    """In any order."""
    places = [When(verdict=verdict, then=Value(place)) for place, verdict in enumerate(VERDICTS)]
    rows = Judgment.objects.filter(assignment__evaluation=evaluation).counted().order_by()
    rows = rows.annotate(place=Cast(Case(*places), SmallIntegerField()))
    fields = ("pk", "assignment__comparison", "assessor", "place", "a_on_left", "seconds", "judged_at")
    names = ("pk", "comparison", "assessor", "verdict", "a_on_left", "seconds", "made")
    kinds = ("i8", "i8", "i8", "i2", "i1", "f8", "i8")
    return _copied(rows.values_list(*fields), list(zip(names, kinds, strict=True)))


def _preferences(evaluation: Evaluation, keys: Sequence[str], judgments: _Found) -> dict[str, Array]:
    """By criterion, NaN where it was left out. All of a judgment's preferences come as one number: two bits each."""
    criteria = list(evaluation.criteria.filter(key__in=keys).order_by("position").values_list("pk", "key"))
    packed = np.zeros(len(judgments), dtype=np.int64)
    if criteria and len(judgments):
        shifts = Case(*(When(criterion=pk, then=Value(2 * place)) for place, (pk, _) in enumerate(criteria)))
        rows = Rating.objects.filter(criterion__in=[pk for pk, _ in criteria], preference__isnull=False)
        bits = CombinedExpression(Cast(F("preference") + 2, BigIntegerField()), "<<", Cast(shifts, IntegerField()))
        by_judgment = rows.order_by().values("judgment").annotate(packed=BitOr(bits, output_field=BigIntegerField()))
        found = _copied(by_judgment.values_list("judgment", "packed"), [("judgment", "i8"), ("packed", "i8")])
        judgments.put(packed, found["judgment"], found["packed"])
    meanings = np.array([np.nan, -1, 0, 1], dtype=np.float32)
    return {key: meanings[packed >> 2 * place & 3] for place, (_, key) in enumerate(criteria)}


def _values(evaluation: Evaluation, keys: Sequence[str], judgments: _Found) -> dict[str, tuple[Array, Array]]:
    """Of criteria that are asked of each answer."""
    told = {}
    for criterion in evaluation.criteria.filter(key__in=keys).exclude(kind=CriterionKind.COMPARATIVE):
        rows = criterion.ratings.order_by().annotate(a=Coalesce("value_a", NONE), b=Coalesce("value_b", NONE))
        found = _copied(rows.values_list("judgment", "a", "b"), [("judgment", "i8"), ("a", "i4"), ("b", "i4")])
        sides = tuple(np.full(len(judgments), np.nan, dtype=np.float32) for _ in "ab")
        for side, name in zip(sides, "ab", strict=True):
            value = np.where(found[name] == NONE, np.nan, found[name]).astype(np.float32)
            judgments.put(side, found["judgment"], value)
        told[criterion.key] = (sides[0], sides[1])
    return told


class _Found:
    """Places by primary key."""

    def __init__(self, keys: Array) -> None:
        self.order = np.argsort(keys.astype(np.int64))
        self.keys = keys[self.order].astype(np.int64)

    def __len__(self) -> int:
        return len(self.keys)

    def places(self, named: Array) -> tuple[Array, Array]:
        """Of the keys `named`; and which of them are there at all."""
        if not len(self):
            return np.zeros(len(named), dtype=np.int64), np.zeros(len(named), dtype=np.bool_)
        named = named.astype(np.int64)
        place = np.minimum(np.searchsorted(self.keys, named), len(self) - 1)
        return self.order[place], self.keys[place] == named

    def put(self, into: Array, named: Array, values: Array) -> None:
        place, there = self.places(named)
        into[place[there]] = values[there]


class _Tasks:
    """What is known of the tasks that were judged; the arrays have one entry per judgment."""

    def __init__(self, evaluation: Evaluation, comparisons: Array) -> None:
        pks, tasks, keys, clusters, languages = _comparisons(evaluation)
        found = np.asarray(pks, dtype=np.int64)
        order = np.searchsorted(found, comparisons)
        judged = np.zeros(len(keys), dtype=bool)
        judged[order] = True
        by_key = sorted(np.flatnonzero(judged).tolist(), key=keys.__getitem__)
        place = np.zeros(len(keys), dtype=np.int64)
        place[by_key] = np.arange(len(by_key))
        self.places, self.keys = place[order], [keys[number] for number in by_key]
        self.cluster_names, cluster = _named([clusters[number] for number in by_key])
        self.language_names, language = _named([languages[number] for number in by_key])
        self.clusters, self.languages = cluster[self.places], language[self.places]
        numbers = np.asarray(tasks, dtype=np.int64)
        self.words_a, self.words_b = (_words(run, numbers)[order] for run in (evaluation.run_a, evaluation.run_b))

    def marked(self, keys: frozenset[str]) -> Array:
        marked = np.array([key in keys for key in self.keys], dtype=np.bool_)
        return marked[self.places] if keys else np.zeros(len(self.places), dtype=np.bool_)


class _People:
    def __init__(self, assessors: Array) -> None:
        numbers = np.unique(assessors).tolist()
        known = {pk: (who, programs) for pk, who, programs in _users(numbers)}
        order = sorted(numbers, key=lambda number: str(known[number][0]))
        self.ids = [known[number][0] for number in order]
        place = {number: code for code, number in enumerate(order)}
        codes = np.array([place[number] for number in numbers], dtype=np.int64)
        self.places = codes[np.searchsorted(numbers, assessors)] if numbers else np.zeros(0, dtype=np.int64)
        programs = np.array([known[number][1] for number in order], dtype=np.bool_)
        self.simulated = programs[self.places]


def _users(numbers: list[int]) -> list[tuple[int, UUID, bool]]:
    return list(User.objects.filter(pk__in=numbers).values_list("pk", "public_id", "simulated"))


def _named(labels: list[str]) -> tuple[list[str], Array]:
    names = sorted(set(labels))
    place = {name: number for number, name in enumerate(names)}
    return names, np.array([place[label] for label in labels], dtype=np.int64)


def _comparisons(evaluation: Evaluation) -> tuple[list[Any], ...]:
    """Primary keys, rising, and beside them tasks, their keys, clusters and languages: five long values are read much
    sooner than as many rows."""
    rows = evaluation.comparisons.compared().order_by("pk")
    fields = ("pk", "task", "task__key", "task__cluster", "task__language")
    sql, params = rows.values_list(*fields).query.sql_with_params()
    heads = ", ".join(f"coalesce(json_agg(c{place}), '[]')" for place in range(len(fields)))
    names = ", ".join(f"c{place}" for place in range(len(fields)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {heads} FROM ({sql}) AS found({names})", params)  # noqa: S608  our own words
        return tuple(json.loads(part) if isinstance(part, str) else part for part in cursor.fetchone())


def _words(run: Run, tasks: Array) -> Array:
    """Of the run's answers to these tasks; NaN where there is none."""
    rows = run.answers.order_by().filter(words__isnull=False).values_list("task", "words")
    found = _copied(rows, [("task", "i8"), ("words", "i4")])
    words = np.full(len(tasks), np.nan, dtype=np.float32)
    place, there = _Found(found["task"]).places(tasks)
    words[there] = found["words"][place[there]]
    return words


def _copied(rows: QuerySet[Any, Any], fields: list[tuple[str, str]]) -> Array:
    """Rows of whole numbers, truth values and floats, none NULL, as one structured array. PostgreSQL's binary COPY: a
    header, then for each row the number of fields and every field behind its length, all big-endian."""
    sql, params = rows.query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
        query = cursor.cursor.mogrify(sql, params).decode()
        sent = io.BytesIO()
        cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", sent)
    layout = [("fields", ">i2")] + [
        part for name, kind in fields for part in ((f"{name} bytes", ">i4"), (name, f">{kind}"))
    ]
    record = np.dtype(layout)
    view = sent.getbuffer()[HEADER:-TRAILER]
    if len(view) % record.itemsize:
        raise ValueError("PostgreSQL sent rows of another length than was asked for")
    return np.frombuffer(view, dtype=record)
