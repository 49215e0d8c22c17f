"""Reads: how far runs are, why answers failed, the answers of a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DurationField, ExpressionWrapper, Min, Q, QuerySet
from django.db.models.functions import Left, Now

from apps.buckets.models import Bucket
from apps.generation.domain.progress import RunProgress
from apps.generation.models import Answer, AnswerState, FailureKind, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from apps.accounts.models import User

RATE_WINDOW = timedelta(minutes=5)
MOST_CAUSES = 12


@dataclass(frozen=True)
class FailureGroup:
    """Failed answers with the same cause and message."""

    kind: str
    message: str
    count: int

    @property
    def cause(self) -> str:
        return str(FailureKind(self.kind).label) if self.kind in FailureKind.values else self.kind


def run_progress(run: Run) -> RunProgress:
    """With `empty` and `cut_off`, for which every text is read."""
    done = Answer.objects.filter(run=run, state=AnswerState.DONE)
    doubtful = done.aggregate(
        empty=Count("pk", filter=Q(text__regex=r"^\s*$")), cut_off=Count("pk", filter=Q(finish_reason="length"))
    )
    return replace(progress_of([run])[run.pk], **doubtful)


def progress_of(runs: Iterable[Run]) -> dict[int, RunProgress]:
    """By primary key, without `empty` and `cut_off`; one query however many runs.

    The rate is over the last five minutes of the database's clock.
    """
    keys = [run.pk for run in runs]
    lately = Q(finished_at__gte=Now() - RATE_WINDOW, state__in=[AnswerState.DONE, AnswerState.FAILED])
    rows = (
        Answer.objects.filter(run__in=keys)
        .order_by()
        .values("run")
        .annotate(
            **{state: Count("pk", filter=Q(state=state)) for state in AnswerState.values},
            lately=Count("pk", filter=lately),
            since=ExpressionWrapper(Now() - Min("started_at", filter=lately), output_field=DurationField()),
        )
    )
    found = {row["run"]: _progress(row) for row in rows}
    return {key: found.get(key, RunProgress()) for key in keys}


def _progress(row: Mapping[str, Any]) -> RunProgress:
    counts = {name: row[name] for name in AnswerState.values}
    since: timedelta | None = row["since"]
    minutes = min(since, RATE_WINDOW).total_seconds() / 60 if since else 0
    return RunProgress(**counts, per_minute=row["lately"] / minutes if minutes else None)


def failures_by_cause(run: Run) -> list[FailureGroup]:
    """The commonest first, `MOST_CAUSES` at most; a message is cut after 300 characters."""
    failed = Answer.objects.filter(run=run, state=AnswerState.FAILED).order_by()
    groups = failed.values("error_kind", message=Left("error", 300)).annotate(count=Count("pk"))
    rows = groups.order_by("-count", "error_kind", "message")[:MOST_CAUSES]
    return [FailureGroup(kind=row["error_kind"], message=row["message"], count=row["count"]) for row in rows]


def answers_of(run: Run, *, state: str = "") -> QuerySet[Answer]:
    """In the order of the bucket, without the heavy traces; all of them, or those in one state."""
    answers = Answer.objects.filter(run=run).select_related("task").defer("trace").order_by("task__position")
    return answers.filter(state=state) if state in AnswerState.values else answers


def neighbours(answer: Answer) -> tuple[Answer | None, Answer | None]:
    """The answers of the same run to the task before and to the one after."""
    others = Answer.objects.filter(run=answer.run_id).only("public_id")
    position = answer.task.position
    before = others.filter(task__position__lt=position).order_by("-task__position").first()
    return before, others.filter(task__position__gt=position).order_by("task__position").first()


def runs_of(user: User, *, bucket: Bucket | None) -> QuerySet[Run]:
    """Runs that `user` may see, newest first; of one bucket if given."""
    runs = Run.objects.visible_to(user).select_related("bucket", "revision__pipeline", "created_by")
    return runs.filter(bucket=bucket) if bucket else runs


def buckets_with_runs(user: User) -> QuerySet[Bucket]:
    return Bucket.objects.visible_to(user).filter(runs__isnull=False).distinct()
