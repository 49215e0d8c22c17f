"""Writes: import a bucket, derive one of another, freeze it, say who may use it."""

from apps.buckets.services.deriving import DerivedTask, derive_bucket
from apps.buckets.services.freezing import freeze_bucket
from apps.buckets.services.importing import import_bucket
from apps.buckets.services.members import MemberRefused, add_member, remove_member

__all__ = [
    "DerivedTask",
    "MemberRefused",
    "add_member",
    "derive_bucket",
    "freeze_bucket",
    "import_bucket",
    "remove_member",
]
