"""Real workers, PostgreSQL and Valkey under every fault we can make: nothing is lost, nothing is doubled."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app
from django.db.models import Q

from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, FailureKind
from apps.generation.queries import run_progress
from apps.generation.services import start_run
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.generation.models import Run
    from conftest import Cast, StartWorker

pytestmark = pytest.mark.worker
ENVIRONMENT = {
    "GENERATION_RUNNER": "apps.generation.tests.runners.make_runner",
    "GENERATION_LEASE_SECONDS": "2",
}
LIMIT_S = 600


def wait_until(condition: Callable[[], bool]) -> None:
    """Sweeps by message twice a second meanwhile, as beat does more slowly."""
    end = time.monotonic() + LIMIT_S
    swept = 0.0
    while not condition():
        assert time.monotonic() < end, "the run did not come to its end"
        if time.monotonic() - swept > 0.5:
            current_app.send_task("generation.sweep", expires=5)
            swept = time.monotonic()
        time.sleep(0.05)


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


def make_poisoned_run(cast: Cast) -> Run:
    bucket = make_bucket(cast.researcher, tasks=40)
    bucket.tasks.filter(position=9).update(instruction="poison")
    revision = make_revision(cast.researcher, spec={"seconds": 0.4})
    return start_run(actor=cast.researcher, bucket=bucket, revision=revision)


def test_kills_a_flush_a_zombie_and_a_poison_lose_and_double_nothing(cast: Cast, live_worker: StartWorker) -> None:
    workers = [live_worker(**ENVIRONMENT)]
    run = make_poisoned_run(cast)
    workers.append(live_worker(**ENVIRONMENT))

    killed = signal_busy_process(run, signal.SIGKILL)
    flush_broker()
    zombie = signal_busy_process(run, signal.SIGSTOP, killed)
    workers[0].process.kill()
    workers.append(live_worker(**ENVIRONMENT))
    held_by_zombie = Answer.objects.filter(worker__endswith=f":{zombie}", state=AnswerState.RUNNING)
    wait_until(lambda: not held_by_zombie.exists())
    with contextlib.suppress(ProcessLookupError):  # it may have been the child of the worker that was killed
        os.kill(zombie, signal.SIGCONT)
    wait_until(lambda: run_progress(run).is_settled)
    for worker in workers:
        worker.process.kill()

    progress = run_progress(run)
    assert (progress.total, progress.done, progress.failed) == (40, 39, 1)
    failed = Answer.objects.filter(run=run, state=AnswerState.FAILED)
    assert dict(failed.values_list("task__instruction", "error_kind")) == {
        "poison": FailureKind.WORKER_LOST,
    }
    assert lost_workers(run) >= 3, "the faults missed"
    for answer in Answer.objects.filter(run=run, state=AnswerState.DONE).select_related("task"):
        process = answer.worker.rpartition(":")[2]
        assert answer.text == f"{answer.task.instruction} by {process}", "only the holder of the lease may write"
        assert len(answer.trace) == 1


def lost_workers(run: Run) -> int:
    return Answer.objects.filter(Q(failures__gt=0) | Q(attempt__gt=1), run=run).count()
