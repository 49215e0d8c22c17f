"""Row-locked token buckets. Every call is a transaction of its own, so a refused request still counts."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.domain.limits import Limit
from apps.accounts.models import TokenBucket

STALE = timedelta(days=1)


@transaction.atomic
def take_token(*, key: str, limit: Limit, now: datetime) -> float:
    """0 when a token was there, else the seconds to wait. Requests for one `key` wait for each other on its row."""
    bucket, created = TokenBucket.objects.select_for_update().get_or_create(
        key=key, defaults={"tokens": limit.capacity, "updated_at": now}
    )
    if created:
        _forget_stale_buckets(now)
    tokens = limit.refilled(bucket.tokens, (now - bucket.updated_at).total_seconds())
    wait_s = limit.wait_s(tokens)
    bucket.tokens = tokens if wait_s else tokens - 1
    bucket.updated_at = max(now, bucket.updated_at)
    bucket.save()
    return wait_s


@transaction.atomic
def give_token_back(*, key: str, limit: Limit) -> None:
    for bucket in TokenBucket.objects.select_for_update().filter(key=key):
        bucket.tokens = min(limit.capacity, bucket.tokens + 1)
        bucket.save()


def _forget_stale_buckets(now: datetime) -> None:
    """A few at a time; rows in use by others are skipped, so that two who tidy up never wait for each other."""
    stale = TokenBucket.objects.select_for_update(skip_locked=True).filter(updated_at__lt=now - STALE)
    TokenBucket.objects.filter(pk__in=[bucket.pk for bucket in stale[:100]]).delete()
