"""A worker's turn: claim, generate, store, until nothing waits or the turn is over."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.db import close_old_connections
from django.db.models.functions import Now

from apps.generation.models import Answer, AnswerState, Run, RunState
from apps.generation.services.heartbeat import kept_leases
from apps.generation.services.inputs import prepare_inputs
from apps.generation.services.leases import claim_answers, fail_answer, finish_answer, release_answers
from apps.generation.services.resident import resident_runner
from apps.generation.services.wake import wake_workers
from inference.contracts import Failure, Outcome
from inference.errors import ModelUnavailable, is_fatal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from inference.contracts import BatchRunner, ErrorKind, TaskInput

logger = logging.getLogger(__name__)
TURN_SECONDS = 60.0
EXIT_UNUSABLE = 70


def drain_run(*, run_public_id: UUID, worker: str, turn_seconds: float = TURN_SECONDS) -> None:
    """Work on the run for one turn. A turn that ends with work left wakes the next one, so runs take turns."""
    runs = Run.objects.select_related("revision").filter(public_id=run_public_id, state=RunState.ACTIVE)
    run = runs.filter(answers__state=AnswerState.WAITING).first()
    if run is None:
        return
    try:
        runner = resident_runner(run.revision)
        if _take_turn(run, runner, worker=worker, turn_seconds=turn_seconds):
            wake_workers(run, pending=1)
    except ModelUnavailable as error:
        logger.warning("run %s is paused: %s", run.public_id, error)
        Run.objects.filter(pk=run.pk).update(problem=str(error), problem_at=Now())


def _take_turn(run: Run, runner: BatchRunner, *, worker: str, turn_seconds: float) -> bool:
    """Whether the turn's time ran out, rather than its work."""
    end = time.monotonic() + turn_seconds
    while time.monotonic() < end:
        close_old_connections()
        batch = claim_answers(run, worker=worker, batch_size=runner.batch_size)
        if not batch:
            return False
        _answer_batch(run, runner, batch)
    return True


def _answer_batch(run: Run, runner: BatchRunner, batch: list[Answer]) -> None:
    with TemporaryDirectory() as folder, kept_leases(run, batch) as is_unwanted:
        inputs, outcomes = prepare_inputs(batch, Path(folder))
        if inputs:
            outcomes |= _run_safely(run, runner, batch, inputs, is_unwanted)
    close_old_connections()
    _store_outcomes(batch, outcomes)
    Run.objects.filter(pk=run.pk, problem_at__isnull=False).update(problem="", problem_at=None)


def _run_safely(
    run: Run, runner: BatchRunner, batch: Sequence[Answer], inputs: list[TaskInput], is_unwanted: Callable[[], bool]
) -> dict[str, Outcome]:
    """Outcomes by task key. A runner that raises or hangs fails its whole batch; each answer is then tried alone."""
    try:
        return {outcome.id: outcome for outcome in runner.run(inputs, seed=run.seed, cancelled=is_unwanted)}
    except ModelUnavailable:
        release_answers(batch)
        raise
    except SoftTimeLimitExceeded:
        return {task.id: _failed(task.id, "timeout", "The batch took longer than a job may.") for task in inputs}
    except Exception as error:
        logger.exception("run %s: the runner raised", run.public_id)
        outcomes = {task.id: _failed(task.id, "bug", f"{type(error).__name__}: {error}") for task in inputs}
        if is_fatal(error):
            _store_outcomes(batch, outcomes)
            os._exit(EXIT_UNUSABLE)  # the pool starts a new process
        return outcomes


def _store_outcomes(batch: Sequence[Answer], outcomes: dict[str, Outcome]) -> None:
    for answer in batch:
        key = answer.task.key
        _store_outcome(answer, outcomes.get(key) or _failed(key, "bug", "The runner returned nothing for this task."))


def _failed(key: str, kind: ErrorKind, message: str) -> Outcome:
    return Outcome(key, text=None, failure=Failure(kind, message, retryable=True))


def _store_outcome(answer: Answer, outcome: Outcome) -> None:
    if outcome.failure is None:
        finish_answer(answer, outcome)
    elif outcome.failure.kind == "cancelled":
        release_answers([answer])
    else:
        fail_answer(answer, outcome.failure, trace=outcome.trace)
