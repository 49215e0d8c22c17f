"""Writes: import a bucket, freeze it, say who may use it."""

from apps.buckets.services.freezing import freeze_bucket
from apps.buckets.services.importing import import_bucket
from apps.buckets.services.members import MemberRefused, add_member, remove_member

__all__ = ["MemberRefused", "add_member", "freeze_bucket", "import_bucket", "remove_member"]
