"""Real workers, PostgreSQL and Valkey under every fault we can make: nothing is lost, nothing is doubled."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest
from django.db.models import Q

from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, FailureKind
from apps.generation.queries import check_run, run_progress
from apps.generation.services import start_run
from apps.generation.tests.faults import ENVIRONMENT, flush_broker, signal_busy_process, wait_for
from apps.pipelines.tests.makers import make_revision
from tests.waiting import wait_until

if TYPE_CHECKING:
    from apps.generation.models import Run
    from conftest import Cast, StartWorker

pytestmark = pytest.mark.worker


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
    wait_for(run)
    for worker in workers:
        worker.process.kill()

    progress = run_progress(run)
    assert (progress.total, progress.done, progress.failed) == (40, 39, 1)
    failed = Answer.objects.filter(run=run, state=AnswerState.FAILED)
    assert dict(failed.values_list("task__instruction", "error_kind")) == {
        "poison": FailureKind.WORKER_LOST,
    }
    assert lost_workers(run) >= 3, "the faults missed"
    assert all(invariant.holds for invariant in check_run(run))
    for answer in Answer.objects.filter(run=run, state=AnswerState.DONE).select_related("task"):
        process = answer.worker.rpartition(":")[2]
        assert answer.text == f"{answer.task.instruction} by {process}", "only the holder of the lease may write"
        assert len(answer.trace) == 1


def lost_workers(run: Run) -> int:
    return Answer.objects.filter(Q(failures__gt=0) | Q(attempt__gt=1), run=run).count()
