"""What models answered, kept by content hash for every run and trial. See `inference.contracts.ResultStore`."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models.functions import Now

from apps.generation.domain.storable import storable_json
from apps.generation.models import CachedResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

logger = logging.getLogger(__name__)


MOST_DELETED = 1000  # in one sweep, so that it stays short


def delete_old_results() -> None:
    """Some of those older than `GENERATION_RESULT_DAYS`, the oldest first; none where it is 0."""
    if settings.GENERATION_RESULT_DAYS:
        old = CachedResult.objects.filter(created_at__lt=Now() - timedelta(days=settings.GENERATION_RESULT_DAYS))
        oldest = old.order_by("created_at").values("sha256")[:MOST_DELETED]
        CachedResult.objects.filter(sha256__in=oldest).delete()


class StoredResults:
    """A table in the database. A lost connection costs a generation, never an answer."""

    def get(self, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        try:
            with transaction.atomic():
                return dict(CachedResult.objects.filter(sha256__in=keys).values_list("sha256", "result"))
        except Error:
            logger.warning("kept results could not be read", exc_info=True)
            _let_go()
            return {}

    def put(self, results: Mapping[str, Mapping[str, Any]]) -> None:
        rows = [CachedResult(sha256=key, result=storable_json(result)) for key, result in sorted(results.items())]
        try:
            with transaction.atomic():
                CachedResult.objects.bulk_create(rows, ignore_conflicts=True)
        except Error:
            logger.warning("results could not be kept", exc_info=True)
            _let_go()


def _let_go() -> None:
    """The next query makes a new connection; a transaction of the caller's is the caller's affair."""
    if not connection.in_atomic_block:
        connection.close()
