"""Reads of the playground, and answers that can stand beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.generation.models import Answer, AnswerState, Run, Trial

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User


def trials_of(user: User) -> QuerySet[Trial]:
    """What `user` tried, newest first, without the heavy traces."""
    own = Trial.objects.visible_to(user).filter(created_by=user).select_related("revision__pipeline", "task")
    return own.defer("trace", "text")


def answers_beside(user: User, answer: Answer) -> QuerySet[Answer]:
    """Finished answers of other runs to the same task, the newest run first."""
    ended = Answer.objects.filter(task=answer.task_id, state__in=[AnswerState.DONE, AnswerState.FAILED])
    others = ended.filter(run__in=Run.objects.visible_to(user)).exclude(run=answer.run_id)
    return others.select_related("run__revision__pipeline").defer("trace", "text").order_by("-run__created_at")


def counterpart(answer: Answer | None, run: Run) -> Answer | None:
    """What `run` said to the same task."""
    return Answer.objects.filter(run=run, task=answer.task_id).first() if answer else None
