"""A thread of every worker process: writes its row, and sweeps when nobody else does.

So a worker that is silent, paused or dead shows as such, and one worker alone takes back expired leases even in the
middle of a long batch, without beat and without a broker.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
from django.conf import settings
from django.db import Error, connection
from django.db.models.functions import Now

from apps.generation.models import Run, Worker, WorkerState
from apps.generation.services.sweep import sweep_leases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

logger = logging.getLogger(__name__)
PULSE_SECONDS = 5.0
LONGEST = 200  # characters of a list of queues or GPUs, which may be eight UUIDs
QUEUES_VARIABLE = "SBS_WORKER_QUEUES"  # set by the parent process, which alone knows its --queues
DESCRIBED = ["host", "pid", "queues", "devices", "state", "run", "model", "memory_mb", "started_at", "seen_at"]


@dataclass
class Presence:
    """What this process is at; `changed` wakes the thread."""

    state: str = WorkerState.IDLE
    run_id: int | None = None
    model: str = ""
    changed: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def note(self, state: str, run: Run | None = None) -> None:
        run_id = run.pk if run else None
        if (state, run_id) != (self.state, self.run_id):
            self.state, self.run_id = state, run_id
            self.changed.set()


presence = Presence()


def worker_name() -> str:
    """Also what an answer keeps as its worker."""
    return f"{socket.gethostname()}:{os.getpid()}"


def begin_pulse() -> None:
    """Once per process; again is nothing."""
    if presence.thread is None or not presence.thread.is_alive():
        presence.thread = threading.Thread(target=_beat, name="pulse", daemon=True)
        presence.thread.start()


@contextmanager
def at_work(run_public_id: UUID | None = None) -> Iterator[str]:
    """Around a turn of a run, or the playground's: yields this worker's name. What precedes a batch is preparing."""
    begin_pulse()
    run = Run.objects.filter(public_id=run_public_id).first() if run_public_id else None
    presence.note(WorkerState.LOADING if run_public_id else WorkerState.ANSWERING, run)
    try:
        yield worker_name()
    finally:
        presence.note(WorkerState.IDLE)


def note_answering(run: Run) -> None:
    """The models of the run's pipeline are in memory now, and at work."""
    presence.model = _models_of(run.revision.spec)
    presence.note(WorkerState.ANSWERING, run)


def _models_of(spec: dict[str, dict[str, dict[str, str]]]) -> str:
    return ", ".join(sorted({str(model.get("source", "")) for model in (spec.get("models") or {}).values()}))[:300]


def _beat() -> None:
    while presence.thread is threading.current_thread():
        presence.changed.clear()
        beat_once()
        presence.changed.wait(min(PULSE_SECONDS, settings.GENERATION_SWEEP_SECONDS))
    connection.close()


def beat_once() -> None:
    """A row that can't be written keeps no worker from sweeping."""
    every = timedelta(seconds=settings.GENERATION_SWEEP_SECONDS)
    for duty in (write_worker, lambda: sweep_leases(worker=worker_name(), every=every)):
        try:
            duty()
        except Error:  # the database may come back
            logger.warning("the database does not do what a pulse asks", exc_info=True)
            connection.close()


def write_worker() -> None:
    """This process as it is now, by the clock of the database."""
    process = psutil.Process()
    worker = Worker(
        name=worker_name(),
        host=socket.gethostname(),
        pid=process.pid,
        queues=os.environ.get(QUEUES_VARIABLE, "")[:LONGEST],
        devices=os.environ.get("CUDA_VISIBLE_DEVICES", "")[:LONGEST],
        state=presence.state,
        run_id=presence.run_id,
        model=presence.model,
        memory_mb=process.memory_info().rss // 2**20,
        started_at=_started(process),
        seen_at=Now(),
    )
    Worker.objects.bulk_create([worker], update_conflicts=True, unique_fields=["name"], update_fields=DESCRIBED)


def _started(process: psutil.Process) -> datetime:
    return datetime.fromtimestamp(process.create_time(), tz=UTC)


def forget_worker() -> None:
    """A process that ends in order leaves no row behind. The thread ends first, or it would write the row again."""
    thread, presence.thread = presence.thread, None
    presence.changed.set()
    if thread is not None:
        thread.join(PULSE_SECONDS)
    Worker.objects.filter(name=worker_name()).delete()
