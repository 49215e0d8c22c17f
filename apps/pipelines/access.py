"""The only way a view gets a pipeline or a revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.shortcuts import get_object_or_404

from apps.pipelines.models import Pipeline, PipelineRevision

if TYPE_CHECKING:
    from uuid import UUID

    from apps.accounts.models import User


def access_pipeline(user: User, public_id: UUID, *, to: Literal["view", "edit"] = "view") -> Pipeline:
    """Every researcher may view and revise every pipeline: a revision harms nobody, since the old ones stay.

    Raises Http404 for anyone else.
    """
    return get_object_or_404(Pipeline.objects.visible_to(user).select_related("created_by"), public_id=public_id)


def access_revision(user: User, public_id: UUID) -> PipelineRevision:
    """Raises Http404 for a revision of a pipeline that `user` may not know of."""
    revisions = PipelineRevision.objects.filter(pipeline__in=Pipeline.objects.visible_to(user))
    return get_object_or_404(revisions.select_related("pipeline", "created_by"), public_id=public_id)
