"""The playground on a real worker, which is busy with a run, and the only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.buckets.tests.makers import make_bucket
from apps.generation.models import AnswerState, Trial
from apps.generation.services import start_run, try_instruction
from apps.generation.tests.faults import ENVIRONMENT
from apps.pipelines.tests.makers import make_revision
from tests.waiting import wait_until

if TYPE_CHECKING:
    from conftest import Cast, StartWorker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]


def begin(cast: Cast, name: str, **spec: object) -> Trial:
    revision = make_revision(cast.researcher, name=name, spec={"name": name, **spec})
    [trial] = try_instruction(actor=cast.researcher, revisions=[revision], instruction="What?", language="en")
    return trial


def state_of(trial: Trial) -> str:
    trial.refresh_from_db()
    return trial.state


def test_a_trial_comes_between_two_batches_and_outlives_its_worker(cast: Cast, live_worker: StartWorker) -> None:
    bucket = make_bucket(cast.researcher, tasks=400)
    run = start_run(
        actor=cast.researcher, bucket=bucket, revision=make_revision(cast.researcher, spec={"seconds": 0.3})
    )
    worker = live_worker(**ENVIRONMENT)
    wait_until(lambda: run.answers.filter(state=AnswerState.DONE).exists())
    between = begin(cast, "Between")
    wait_until(lambda: state_of(between) == AnswerState.DONE)
    assert run.answers.filter(state=AnswerState.WAITING).exists(), "the run is still long"

    cut_short = begin(cast, "Cut short", seconds=2.0)
    wait_until(lambda: state_of(cut_short) == AnswerState.RUNNING)
    worker.process.kill()
    live_worker(queues="live,control", **ENVIRONMENT)
    wait_until(lambda: state_of(cut_short) == AnswerState.DONE)
    assert cut_short.attempt == 2
