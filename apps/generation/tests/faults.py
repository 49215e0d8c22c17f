"""Ways to harm real workers, and to wait for what comes of it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.db import connection

from apps.generation.models import Answer, AnswerState
from apps.generation.queries import run_progress
from tests.waiting import wait_until

if TYPE_CHECKING:
    from apps.generation.models import Run

ENVIRONMENT = {
    "GENERATION_RUNNER": "apps.generation.tests.runners.make_any_runner",
    "GENERATION_LEASE_SECONDS": "2",
    "GENERATION_SWEEP_SECONDS": "0.5",  # every worker sweeps by itself, so no test needs beat
}


def wait_for(*runs: Run) -> None:
    """Until nothing more will happen to them."""
    wait_until(lambda: all(run_progress(run).is_settled for run in runs))


def busy_process(run: Run, *others: int) -> int:
    """A worker's child that holds answers right now and is not among `others`."""
    holders = Answer.objects.filter(run=run, state=AnswerState.RUNNING)
    for pid in others:
        holders = holders.exclude(worker__endswith=f":{pid}")
    wait_until(holders.exists)
    holder = holders.first()
    return int(holder.worker.rpartition(":")[2]) if holder else busy_process(run, *others)


def signal_busy_process(run: Run, number: signal.Signals, *others: int) -> int:
    """The process that got the signal. One that ended by itself meanwhile, as the poison's does, is passed over."""
    process = busy_process(run, *others)
    try:
        os.kill(process, number)
    except ProcessLookupError:
        return signal_busy_process(run, number, *others, process)
    return process


def flush_broker() -> None:
    """Every message is gone, as after a crash of a broker that keeps nothing."""
    with current_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.client.flushdb()


def cut_off() -> None:
    """The database ends this thread's own session, as when it restarts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()
