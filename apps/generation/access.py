"""The only way a view gets a run or an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from apps.generation.models import Answer, Run

if TYPE_CHECKING:
    from typing import Literal
    from uuid import UUID

    from apps.accounts.models import User


def access_run(user: User, public_id: UUID, *, to: Literal["view", "edit"] = "view") -> Run:
    """Members of its bucket and admins may see a run, and also cancel it or try again: both are undone by a new run.

    Raises Http404 for a run `user` may not know of.
    """
    runs = Run.objects.visible_to(user).select_related("bucket", "revision__pipeline", "created_by")
    return get_object_or_404(runs, public_id=public_id)


def access_answer(user: User, public_id: UUID) -> Answer:
    """Raises Http404 for an answer of a run `user` may not know of."""
    answers = Answer.objects.filter(run__in=Run.objects.visible_to(user))
    related = answers.select_related("task", "run__bucket", "run__revision__pipeline")
    return get_object_or_404(related.prefetch_related("task__task_images__image"), public_id=public_id)
