"""The only way a view gets a run or an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from apps.generation.models import Answer, Run, Trial

if TYPE_CHECKING:
    from typing import Literal
    from uuid import UUID

    from apps.accounts.models import User


def access_run(user: User, public_id: UUID, *, to: Literal["view", "edit"] = "view") -> Run:
    """`view` for members of its bucket and admins; `edit` (cancel, try again) for who started it and admins.

    Raises Http404 for a run `user` may not know of, PermissionDenied for one they may only view.
    """
    runs = Run.objects.visible_to(user).select_related("bucket", "revision__pipeline", "created_by")
    run = get_object_or_404(runs, public_id=public_id)
    if to == "edit" and not may_edit(user, run):
        raise PermissionDenied
    return run


def may_edit(user: User, run: Run) -> bool:
    return user.is_admin or run.created_by_id == user.pk


def access_answer(user: User, public_id: UUID) -> Answer:
    """Raises Http404 for an answer of a run `user` may not know of."""
    answers = Answer.objects.filter(run__in=Run.objects.visible_to(user))
    related = answers.select_related("task", "run__bucket", "run__revision__pipeline")
    return get_object_or_404(related.prefetch_related("task__task_images__image"), public_id=public_id)


def access_trials(user: User, public_id: UUID) -> list[Trial]:
    """The trial and the one started with it, in order. Raises Http404 for those `user` may not know of."""
    trial = get_object_or_404(Trial.objects.visible_to(user), public_id=public_id)
    together = Trial.objects.filter(together=trial.together).order_by("pk")
    return list(together.select_related("revision__pipeline", "task__bucket", "created_by"))
