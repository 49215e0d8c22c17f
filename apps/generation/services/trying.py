"""What workers do with trials: claim one, go through its steps, write each down as soon as it is done."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.generation.domain.storable import storable_json, storable_text
from apps.generation.models import AnswerState, FailureKind, Trial
from apps.generation.services.heartbeat import kept
from apps.generation.services.inputs import copies_folder, local_files, unread_picture
from apps.generation.services.lane import advance_alone, run_beside
from apps.generation.services.leases import lease_time
from apps.generation.services.pulse import QUEUES_VARIABLE
from apps.generation.services.resident import ask_servers_anew, end_process, resident_runner
from inference.contracts import Failure, Outcome, TaskInput
from inference.errors import ModelUnavailable, is_fatal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from django.db.models import QuerySet

    from inference.contracts import Batch, StepRecord

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 2
TYPED = "playground"  # the task id of what was typed: the same chances for every revision that is tried


class HungBeside(SoftTimeLimitExceeded):
    """The job's time is over, and a thread that holds up all steps without a model goes on."""


def answer_trials(*, worker: str) -> int:
    """All trials that this worker may serve, one after the other; returns how many it worked on."""
    count = 0
    while trial := claim_trial(worker=worker):
        _answer(trial)
        count += 1
    return count


def trials_wait() -> bool:
    """Whether there is one for this worker to claim."""
    return _claimable().exists()


@transaction.atomic
def claim_trial(*, worker: str) -> Trial | None:
    """The one that has waited longest, under a lease. One whose worker was lost is tried once more."""
    lost = _claimable().filter(attempt__gte=MOST_ATTEMPTS).select_for_update(skip_locked=True)
    message = "The worker stopped answering, twice. See its log; the models may need more memory than it has."
    Trial.objects.filter(pk__in=[trial.pk for trial in lost]).update(
        state=AnswerState.FAILED,
        error_kind=FailureKind.WORKER_LOST,
        error=message,
        lease_until=None,
        finished_at=Now(),
    )
    trial = _claimable().select_for_update(skip_locked=True).order_by("pk").first()
    if trial is None:
        return None
    Trial.objects.filter(pk=trial.pk).update(
        state=AnswerState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=Now() + lease_time(),
        started_at=Now(),
        worker=worker[:120],
        trace=[],
    )
    return Trial.objects.select_related("revision__pipeline", "task").get(pk=trial.pk)


def _claimable() -> QuerySet[Trial]:
    expired = Q(state=AnswerState.RUNNING, lease_until__lt=Now())
    trials = Trial.objects.filter(Q(state=AnswerState.WAITING) | expired)
    listening = os.environ.get(QUEUES_VARIABLE, "").split(",")
    return trials if listening == [""] or "live" in listening else trials.filter(queue__in=listening)


def _answer(trial: Trial) -> None:
    try:
        with (
            copies_folder() as folder,
            kept(lambda: _extend(trial), _hold(trial).exists) as lost,
        ):
            outcome = _outcome(trial, folder, lost)
    except SoftTimeLimitExceeded as error:
        _fail(trial, Failure("timeout", "The trial took longer than a job may.", retryable=False))
        if isinstance(error, HungBeside):
            end_process()
        raise
    except Exception as error:
        logger.exception("trial %s: the runner raised", trial.public_id)
        _fail(trial, Failure("bug", f"{type(error).__name__}: {error}", retryable=False))
        if is_fatal(error):
            end_process()
        return
    _end(trial, outcome)


def _outcome(trial: Trial, folder: Callable[[], Path], cancelled: Callable[[], bool]) -> Outcome:
    key = trial.task.key if trial.task else TYPED
    try:
        runner = resident_runner(trial.revision)
        task = TaskInput(key, trial.instruction, trial.language, local_files(_images(trial), folder))
        batch = runner.start([task], seed=0, cancelled=cancelled)
        while not batch.is_done:
            _advance(batch)
            [outcome] = batch.outcomes()
            _hold(trial).update(trace=_stored(outcome.trace), lease_until=Now() + lease_time())
    except ModelUnavailable as error:
        ask_servers_anew()
        return Outcome(key, None, Failure("model", str(error), retryable=False))
    except OSError as error:
        return Outcome(key, None, unread_picture(error))
    return batch.outcomes()[0]


def _images(trial: Trial) -> list[Any]:
    if trial.task is not None:
        return [place.image for place in trial.task.task_images.select_related("image").order_by("position")]
    return [place.image for place in trial.places.select_related("image")]


def _advance(batch: Batch) -> None:
    """Steps without a model belong to the thread beside, as in `services.lane`; one that hangs would hold up all others
    from now on, so the process ends with it.
    """
    if batch.needs_model:
        batch.advance()
        return
    beside = run_beside(lambda: advance_alone(batch))
    try:
        beside.result()
    except SoftTimeLimitExceeded as error:
        if beside.done():
            raise
        raise HungBeside from error


def _end(trial: Trial, outcome: Outcome) -> None:
    if outcome.failure is not None:
        _fail(trial, outcome.failure, outcome.trace)
        return
    text = storable_text(outcome.text or "")
    trace = _stored(outcome.trace)
    _hold(trial).update(state=AnswerState.DONE, text=text, trace=trace, lease_until=None, finished_at=Now())


def _fail(trial: Trial, failure: Failure, trace: Sequence[StepRecord] | None = None) -> None:
    """Shown with its cause, and with the steps that were done; the person tries again."""
    facts = {"trace": _stored(trace)} if trace is not None else {}
    _hold(trial).update(
        state=AnswerState.FAILED,
        error_kind=failure.kind if failure.kind in FailureKind.values else FailureKind.BUG,
        error=storable_text(failure.message),
        lease_until=None,
        finished_at=Now(),
        **facts,
    )


def _extend(trial: Trial) -> bool:
    return bool(_hold(trial).update(lease_until=Now() + lease_time()))


def _hold(trial: Trial) -> QuerySet[Trial]:
    """The row while this attempt holds it: a worker that comes too late changes nothing."""
    return Trial.objects.filter(pk=trial.pk, attempt=trial.attempt, state=AnswerState.RUNNING)


def _stored(trace: Sequence[StepRecord]) -> Any:
    return storable_json([step.as_json() for step in trace])
