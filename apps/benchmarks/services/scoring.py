"""Score a finished run, and the runs that wait for it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext, ngettext

from apps.audit.services import record
from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.models import BenchmarkRun, Score
from apps.benchmarks.prediction_files import as_numbers, as_tables
from apps.benchmarks.protocols import Protocol, find_protocol
from apps.benchmarks.queries import items_of
from apps.generation.models import Answer, AnswerState, Run, RunState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from apps.accounts.models import User
    from apps.benchmarks.domain.metrics import Metrics
    from apps.benchmarks.models import Benchmark

_FINISHED = (AnswerState.DONE, AnswerState.FAILED)


class ScoringRefused(Exception):
    """The run can't be scored; the message says why and what to do."""


@transaction.atomic
def score_run(*, actor: User, benchmark: Benchmark, run: Run, now: datetime) -> BenchmarkRun:
    """Score every answer, failed ones as 0; scored before, replace its scores. Raises ScoringRefused.

    Locks the benchmark run's row, so that two at once write one after the other; reads all answers in one statement.
    """
    if run.bucket_id != benchmark.bucket_id:
        raise ScoringRefused(gettext("This run answered another bucket. Choose a run over the benchmark's bucket."))
    benchmark_run, _created = BenchmarkRun.objects.select_for_update().get_or_create(
        benchmark=benchmark, run=run, defaults={"created_by": actor}
    )
    protocol, answers = find_protocol(benchmark.protocol), _finished_answers(run)
    rows = _rows(protocol, answers, items_of(benchmark.bucket))
    benchmark_run.scores.all().delete()
    Score.objects.bulk_create(_scores(benchmark_run, answers, rows, protocol), batch_size=2000)
    benchmark_run.metrics = as_numbers(protocol.metrics(rows))
    benchmark_run.groups = as_tables({**_by_task(protocol, rows, answers), **protocol.groups(rows)})
    benchmark_run.scored_at = now
    benchmark_run.save(update_fields=["scored_at", "metrics", "groups"])
    outcomes = Counter(str(row.mark.outcome) for row in rows)
    record(actor, "benchmark.scored", benchmark_run, run=str(run.public_id), **outcomes)
    return benchmark_run


def _finished_answers(run: Run) -> list[Answer]:
    rows = run.answers.order_by("task__position").select_related("task")
    answers = list(rows.only("run_id", "state", "text", "task__language", "task__cluster"))
    unfinished = sum(answer.state not in _FINISHED for answer in answers)
    if unfinished or not answers:
        message = ngettext(
            "%(number)d answer of the run isn't finished. Wait for it, or start the run again, then score it.",
            "%(number)d answers of the run aren't finished. Wait for them, or start the run again, then score it.",
            unfinished,
        )
        raise ScoringRefused(message % {"number": unfinished} if answers else gettext("The run has no answers."))
    return answers


def _by_task(protocol: Protocol, rows: list[Row], answers: list[Answer]) -> dict[str, dict[str, Metrics]]:
    """Metrics by language and by cluster of the tasks."""
    tables: dict[str, dict[str, list[Row]]] = {"language": {}, "cluster": {}}
    for answer, row in zip(answers, rows, strict=True):
        tables["language"].setdefault(answer.task.language, []).append(row)
        tables["cluster"].setdefault(answer.task.cluster, []).append(row)
    return {
        field: {label: protocol.metrics(some) for label, some in sorted(table.items())}
        for field, table in tables.items()
    }


def _rows(protocol: Protocol, answers: list[Answer], items: dict[int, Item]) -> list[Row]:
    texts = [answer.text if answer.state == AnswerState.DONE else None for answer in answers]
    asked = [items[answer.task_id] for answer in answers]
    return [Row(item, mark) for item, mark in zip(asked, protocol.mark_all(asked, texts), strict=True)]


def _scores(benchmark_run: BenchmarkRun, answers: list[Answer], rows: list[Row], protocol: Protocol) -> Iterator[Score]:
    for answer, row in zip(answers, rows, strict=True):
        parsed = row.mark.parsed
        text = parsed if isinstance(parsed, str) or parsed is None else json.dumps(parsed, ensure_ascii=False)
        yield Score(
            benchmark_run=benchmark_run,
            answer=answer,
            outcome=row.mark.outcome,
            parsed=text,
            value=min(1.0, protocol.value(row.mark)),
            scores=dict(row.mark.scores),
        )


def score_waiting(*, now: datetime, among: Collection[int] | None = None) -> int:
    """Score what was asked for and is finished by now, all or those with primary keys `among`; returns how many. A run
    that was cancelled waits no longer.

    One that can't be scored holds up no other: its error is raised when all others are scored.
    """
    waiting = BenchmarkRun.objects.filter(scored_at=None).select_related("benchmark__bucket", "run", "created_by")
    waiting = waiting if among is None else waiting.filter(pk__in=among)
    waiting.filter(run__state=RunState.CANCELLED).delete()
    open_answers = Answer.objects.filter(run=OuterRef("run"), state__in=[AnswerState.WAITING, AnswerState.RUNNING])
    finished = list(waiting.filter(~Exists(open_answers)))
    errors: list[Exception] = []
    for each in finished:
        try:
            score_run(actor=each.created_by, benchmark=each.benchmark, run=each.run, now=now)
        except Exception as error:  # noqa: BLE001  raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return len(finished)
