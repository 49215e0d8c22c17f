from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from apps.audit.services import record
from apps.buckets.models import Bucket

if TYPE_CHECKING:
    from apps.accounts.models import User


class MemberRefused(Exception):
    """`reason` is one of "assessor", "inactive", "creator": why this person's membership can't change."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def add_member(*, actor: User, bucket: Bucket, user: User) -> bool:
    """Let `user` see and use the bucket; False if they already may. Raises MemberRefused for an assessor."""
    if user.is_assessor:
        raise MemberRefused("assessor")
    if not user.is_active:
        raise MemberRefused("inactive")
    if bucket.members.filter(pk=user.pk).exists():
        return False
    bucket.members.add(user)
    record(actor, "bucket.member_added", bucket, member=str(user.public_id))
    return True


@transaction.atomic
def remove_member(*, actor: User, bucket: Bucket, user: User) -> bool:
    """Take `user` off the bucket; False if they were not on it. Raises MemberRefused for the bucket's creator."""
    if user.pk == bucket.created_by_id:
        raise MemberRefused("creator")
    if not bucket.members.filter(pk=user.pk).exists():
        return False
    bucket.members.remove(user)
    record(actor, "bucket.member_removed", bucket, member=str(user.public_id))
    return True
