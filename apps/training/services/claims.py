"""The lease of a training process on its row. Every write carries the attempt that the claim drew: a process that was
paused past its lease, or whose training was cancelled, matches no row and changes nothing.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Now

from apps.training.domain.storable import storable
from apps.training.models import TO_DO, Training, TrainingState
from apps.training.services.wake import wake_trainers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
MOST_LOSSES = 3
STOP_S = 300.0  # of an unwanted training; a step and a checkpoint take less
LOST = (
    "Its process ended without a word, three times since the last checkpoint. See the worker's log; most often memory "
    "ran out: use a smaller batch_size with accumulate."
)


@transaction.atomic
def claim_training(*, to_check: bool, worker: str) -> Training | None:
    """The one that has waited longest, under a lease. One whose process was lost goes on at its last checkpoint."""
    free = Training.objects.claimable(to_check=to_check)
    lost = free.filter(losses__gte=MOST_LOSSES - 1, lease_until__isnull=False).select_for_update(skip_locked=True)
    failed = {"state": TrainingState.FAILED, "error": LOST, "lease_until": None, "finished_at": Now()}
    Training.objects.filter(pk__in=[training.pk for training in lost]).update(**failed)
    training = free.select_for_update(skip_locked=True).order_by("pk").first()
    if training is None:
        return None
    started = {} if to_check else {"state": TrainingState.RUNNING, "started_at": Now()}
    Training.objects.filter(pk=training.pk).update(
        attempt=F("attempt") + 1,
        losses=Case(When(lease_until__isnull=False, then=F("losses") + 1), default=Value(0)),
        lease_until=Now() + lease_time(),
        worker=worker[:120],
        **started,
    )
    return Training.objects.select_related("created_by").get(pk=training.pk)


def hold(training: Training) -> QuerySet[Training]:
    """The row while this attempt holds it."""
    return Training.objects.filter(pk=training.pk, attempt=training.attempt, state__in=TO_DO)


@contextmanager
def held(training: Training) -> Iterator[Callable[[], bool]]:
    """Extends the lease in a thread; yields `is_unwanted()`: cancelled, lost, or the worker that began it is gone.

    An unwanted process has time to stop at a checkpoint, and is then ended; a check writes nothing, so at once.
    """
    unwanted, finished = threading.Event(), threading.Event()
    thread = threading.Thread(target=_keep, args=(training, unwanted, finished, os.getppid()), daemon=True)
    thread.start()
    try:
        yield unwanted.is_set
    finally:
        finished.set()
        thread.join()


def _keep(training: Training, unwanted: threading.Event, finished: threading.Event, parent: int) -> None:
    pause, stops_by = min(2.0, lease_time().total_seconds() / 3), math.inf
    while not finished.wait(pause):
        try:
            if not hold(training).update(lease_until=Now() + lease_time()):
                unwanted.set()
        except Error:  # the database may come back before the lease ends
            logger.warning("a training's lease could not be extended", exc_info=True)
            connection.close()
        if os.getppid() != parent:
            unwanted.set()
        if unwanted.is_set():
            stops_by = min(stops_by, time.monotonic() + time_to_stop(training))
        if time.monotonic() >= stops_by:
            end_process(training)
    connection.close()


def time_to_stop(training: Training) -> float:
    """In seconds."""
    return 0.0 if training.state == TrainingState.CHECKING else STOP_S


def end_process(training: Training) -> NoReturn:
    """In the middle of whatever it does; another may go on where this one was still wanted."""
    try:
        hold(training).update(lease_until=None)
    finally:
        os._exit(0)


@transaction.atomic
def give_back(training: Training, reason: str = "") -> None:
    """For another process to go on; nothing when it was cancelled."""
    if hold(training).update(state=TrainingState.WAITING, lease_until=None, error=storable(reason)):
        wake_trainers()


def write_report(training: Training, report: dict[str, Any]) -> None:
    """Samples in it are as the data hold them."""
    hold(training).update(report=storable(report))


def fail_training(training: Training, reason: str) -> None:
    failed = {"state": TrainingState.FAILED, "error": storable(reason), "lease_until": None, "finished_at": Now()}
    hold(training).update(**failed)


def lease_time() -> timedelta:
    return timedelta(seconds=settings.TRAINING_LEASE_SECONDS)
