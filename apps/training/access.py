"""The only way a view gets a training or a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from apps.training.models import TrainedModel, Training

if TYPE_CHECKING:
    from typing import Literal
    from uuid import UUID

    from apps.accounts.models import User


def access_training(user: User, public_id: UUID, *, to: Literal["view", "edit"] = "view") -> Training:
    """`view` for researchers and admins; `edit` (start, cancel, resume) for who wrote it and admins.

    Raises Http404 for anyone who may not know of it, PermissionDenied for one who may only view.
    """
    trainings = Training.objects.visible_to(user).select_related("created_by", "model")
    training = get_object_or_404(trainings, public_id=public_id)
    if to == "edit" and not may_edit(user, training):
        raise PermissionDenied
    return training


def may_edit(user: User, training: Training) -> bool:
    return user.is_admin or training.created_by_id == user.pk


def access_model(user: User, public_id: UUID) -> TrainedModel:
    """Raises Http404."""
    return get_object_or_404(TrainedModel.objects.visible_to(user).select_related("made_by"), public_id=public_id)
