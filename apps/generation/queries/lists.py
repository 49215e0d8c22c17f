"""The answers of a run, the runs of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.buckets.models import Bucket
from apps.generation.models import Answer, AnswerState, Run

if TYPE_CHECKING:
    from apps.accounts.models import User


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
