from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from apps.audit.services import record
from apps.buckets.models import Bucket

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User


@transaction.atomic
def freeze_bucket(*, actor: User, bucket: Bucket, now: datetime) -> None:
    """Close the bucket to change for ever; a second call changes nothing. Sets `bucket.frozen_at` to what is stored.

    The update waits for imports that are still adding tasks (their trigger holds a shared lock on the row).
    """
    froze = Bucket.objects.filter(pk=bucket.pk, frozen_at=None).update(frozen_at=now)
    bucket.refresh_from_db(fields=["frozen_at"])
    if froze:
        record(actor, "bucket.frozen", bucket, version=bucket.version)
