"""The sweeper: takes back expired leases and wakes workers for what waits. Safe to run anywhere, at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Concat, Now

from apps.generation.domain.retries import MAX_LOSSES, backoff_seconds
from apps.generation.models import Answer, AnswerState, FailureKind, Run, RunState, Worker
from apps.generation.services.results import delete_old_results
from apps.generation.services.trials import fail_unserved_trials, wake_for_waiting_trials
from apps.generation.services.wake import wake_workers
from apps.training.services import wake_for_waiting_trainings

ADVISORY_LOCK = 7_305_001  # any number that no other lock of this database uses
MODEL_RETRY = timedelta(seconds=60)
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class SweepResult:
    """Answers given another try, answers failed for good, runs whose workers were woken."""

    retried: int = 0
    failed: int = 0
    woken: int = 0


@transaction.atomic
def sweep_leases(*, worker: str = "", every: timedelta | None = None) -> SweepResult:
    """One round, or nothing: when another sweeper is at it, or one was less than `every` ago.

    `worker` is the name of the process that sweeps; its row remembers when.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            return SweepResult()
    if every is not None and Worker.objects.filter(swept_at__gt=Now() - every).exists():
        return SweepResult()
    Worker.objects.filter(name=worker).update(swept_at=Now())
    Worker.objects.filter(seen_at__lt=Now() - FORGOTTEN).delete()
    fail_unserved_trials()
    wake_for_waiting_trials()
    wake_for_waiting_trainings()
    delete_old_results()
    return SweepResult(failed=_fail_exhausted(), retried=_retry_expired(), woken=_wake_waiting())


def _fail_exhausted() -> int:
    last_try = Answer.objects.filter(failures__gte=MAX_LOSSES - 1)
    return _take_back(last_try, state=AnswerState.FAILED, finished_at=Now())


def _retry_expired() -> int:
    pauses = [
        When(failures=failures, then=Value(timedelta(seconds=backoff_seconds(failures + 1))))
        for failures in range(MAX_LOSSES)
    ]
    return _take_back(Answer.objects.all(), state=AnswerState.WAITING, not_before=Now() + Case(*pauses))


def _take_back(answers: QuerySet[Answer], **facts: object) -> int:
    expired = answers.filter(state=AnswerState.RUNNING, lease_until__lt=Now()).order_by("pk")
    locked = list(expired.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return Answer.objects.filter(pk__in=locked).update(
        failures=F("failures") + 1,
        lease_until=None,
        error_kind=FailureKind.WORKER_LOST,
        error=Concat(Value("The worker stopped answering: "), F("worker")),
        **facts,
    )


def _wake_waiting() -> int:
    due = Q(not_before=None) | Q(not_before__lte=Now())
    waiting = Answer.objects.filter(due, state=AnswerState.WAITING, run__state=RunState.ACTIVE).order_by()
    pending = {row["run"]: row["n"] for row in waiting.values("run").annotate(n=Count("pk"))}
    loadable = Q(problem_at=None) | Q(problem_at__lt=Now() - MODEL_RETRY)
    # The run served longest ago comes first, so that several runs share a worker.
    runs = Run.objects.filter(loadable, pk__in=pending).annotate(served=Max("answers__started_at"))
    neglected_first = list(runs.select_related("revision").order_by(F("served").asc(nulls_first=True), "pk"))
    for run in neglected_first:
        wake_workers(run, pending=pending[run.pk])
    return len(neglected_first)
