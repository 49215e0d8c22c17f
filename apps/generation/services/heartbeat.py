"""While a batch is generated: a thread that keeps its leases and notices when the work is no longer wanted."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import Error, connection

from apps.generation.models import Answer, Run, RunState
from apps.generation.services.leases import extend_leases, lease_time
from apps.generation.services.pulse import note_answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

logger = logging.getLogger(__name__)
POLL_SECONDS = 1.0


@contextmanager
def kept_leases(run: Run, answers: Sequence[Answer]) -> Iterator[Callable[[], bool]]:
    """Extends the leases each third of their time; yields `is_unwanted()`: the run was cancelled or all leases lost."""
    note_answering(run)
    active = Run.objects.filter(pk=run.pk, state=RunState.ACTIVE)
    with kept(lambda: extend_leases(answers) > 0, active.exists) as is_unwanted:
        yield is_unwanted


@contextmanager
def kept(extend: Callable[[], bool], is_wanted: Callable[[], bool]) -> Iterator[Callable[[], bool]]:
    """Calls `extend` each third of a lease's time in a thread; yields `is_unwanted()`."""
    unwanted, finished = threading.Event(), threading.Event()
    thread = threading.Thread(target=_keep, args=(extend, is_wanted, unwanted, finished), name="leases", daemon=True)
    thread.start()
    try:
        yield unwanted.is_set
    finally:
        finished.set()
        thread.join()


def _keep(
    extend: Callable[[], bool], is_wanted: Callable[[], bool], unwanted: threading.Event, finished: threading.Event
) -> None:
    third = lease_time().total_seconds() / 3
    extended = time.monotonic()
    try:
        while not finished.wait(min(POLL_SECONDS, third)):
            try:
                if time.monotonic() - extended >= third:
                    extended = time.monotonic()
                    if not extend():
                        unwanted.set()
                if not is_wanted():
                    unwanted.set()
            except Error:  # the database may come back before the leases end
                logger.warning("leases could not be extended", exc_info=True)
                connection.close()
    finally:
        connection.close()
