"""Messages that wake workers for trainings. Hints only, as all are: the sweeper repeats them."""

from __future__ import annotations

from celery import current_app
from django.db import transaction

from apps.training.models import Training

HINT_SECONDS = 60
QUEUE = "gpu"


def wake_trainers() -> None:
    """After commit: one message. A broker that is down is logged."""

    def publish() -> None:
        current_app.send_task("training.work", queue=QUEUE, expires=HINT_SECONDS, retry_policy={"max_retries": 1})

    transaction.on_commit(publish, robust=True)


def wake_for_waiting_trainings() -> None:
    """What the sweeper does: a message for those that nobody is at, or whose process was lost."""
    waiting = (Training.objects.claimable(to_check=to_check) for to_check in (True, False))
    if any(trainings.exists() for trainings in waiting):
        wake_trainers()
