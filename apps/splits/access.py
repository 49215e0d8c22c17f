"""The only way a view gets a split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from apps.splits.models import Split

if TYPE_CHECKING:
    from uuid import UUID

    from apps.accounts.models import User


def access_split(user: User, public_id: UUID, *, to: Literal["view", "edit"] = "view") -> Split:
    """`edit`, to start and stop, is for its creator and admins; others get PermissionDenied, assessors Http404."""
    split = get_object_or_404(Split.objects.visible_to(user).select_related("created_by"), public_id=public_id)
    if to == "edit" and not may_edit(user, split):
        raise PermissionDenied
    return split


def may_edit(user: User, split: Split) -> bool:
    return user.is_admin or split.created_by_id == user.pk
