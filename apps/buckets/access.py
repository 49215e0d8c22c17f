"""The only way a view gets a bucket, a task or a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from apps.buckets.models import Bucket, Image, Task

if TYPE_CHECKING:
    from uuid import UUID

    from apps.accounts.models import User


def access_bucket(user: User, public_id: UUID, *, to: Literal["view", "edit"] = "view") -> Bucket:
    """`view` (members, admins) is enough to run pipelines; `edit` is to change members: its creator and admins.

    Raises Http404 for a bucket `user` may not know of, PermissionDenied for one they may only view.
    """
    bucket = get_object_or_404(Bucket.objects.visible_to(user).select_related("created_by"), public_id=public_id)
    if to == "edit" and not may_edit(user, bucket):
        raise PermissionDenied
    return bucket


def may_edit(user: User, bucket: Bucket) -> bool:
    return user.is_admin or bucket.created_by_id == user.pk


def access_task(user: User, public_id: UUID) -> Task:
    """Raises Http404 for a task of a bucket `user` may not know of."""
    tasks = Task.objects.filter(bucket__in=Bucket.objects.visible_to(user)).select_related("bucket")
    return get_object_or_404(tasks, public_id=public_id)


def access_image(user: User, public_id: UUID) -> Image:
    """Raises Http404 unless some bucket `user` may see shows the picture."""
    return get_object_or_404(Image.objects.visible_to(user), public_id=public_id)
