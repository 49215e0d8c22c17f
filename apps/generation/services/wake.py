"""Messages that wake workers. Hints only: a lost one is repeated by the sweeper, a doubled one finds nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import current_app
from django.db import transaction

from apps.generation.queries import queue_of

if TYPE_CHECKING:
    from apps.generation.models import Run

__all__ = ["HINT_SECONDS", "queue_of", "wake_workers"]
# Hints older than this are dropped by the worker, so a queue never holds hours of them and a new run's turn comes.
HINT_SECONDS = 60
MOST_HINTS = 8


def wake_workers(run: Run, *, pending: int) -> None:
    """After commit: a message for each of `pending` answers, `MOST_HINTS` at most. A broker that is down is logged."""

    def publish() -> None:
        queue = queue_of(run)
        for _ in range(min(pending, MOST_HINTS)):
            current_app.send_task(
                "generation.drain",
                args=[str(run.public_id)],
                queue=queue,
                expires=HINT_SECONDS,
                retry_policy={"max_retries": 1},
            )

    transaction.on_commit(publish, robust=True)
