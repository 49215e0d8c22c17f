"""The batches that a worker's turn has in hand: one, or two where a pipeline has steps with a model and steps without.

While the model works for one batch, a thread reads and searches for the other. Models and the database belong to the
worker's own thread, all steps without a model to the one beside it: nothing is used by two threads at once.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.db import close_old_connections

from apps.generation.models import Run
from apps.generation.services.heartbeat import kept_leases
from apps.generation.services.inputs import copies_folder, prepare_inputs
from apps.generation.services.leases import claim_answers, fail_answer, finish_answer, release_answers
from apps.generation.services.resident import end_process
from inference.contracts import Failure, Outcome
from inference.errors import ModelUnavailable, is_fatal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from apps.generation.models import Answer
    from inference.contracts import Batch, BatchRunner, ErrorKind

logger = logging.getLogger(__name__)
_beside = threading.Lock()


def run_beside(work: Callable[[], None]) -> Future[None]:
    """`work` in a thread, after what was handed over before it. The thread keeps no process from ending."""
    future: Future[None] = Future()

    def body() -> None:
        try:
            with _beside:
                work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            future.set_exception(error)
        else:
            future.set_result(None)

    threading.Thread(target=body, name="steps-without-model", daemon=True).start()
    return future


class ClaimedBatch:
    """Leased answers on their way through the pipeline; the leases are kept until they are stored or given back."""

    def __init__(self, run: Run, runner: BatchRunner, answers: list[Answer]) -> None:
        self.run = run
        self.answers = answers
        self.beside: Future[None] | None = None
        self.dropped = threading.Event()
        self.batch: Batch | None = None
        with ExitStack() as stack:
            is_unwanted = stack.enter_context(kept_leases(run, answers))
            inputs, self.outcomes = prepare_inputs(answers, stack.enter_context(copies_folder()))
            self.keys = [task.id for task in inputs]
            if inputs:
                self.batch = runner.start(
                    inputs, seed=run.seed, cancelled=lambda: is_unwanted() or self.dropped.is_set()
                )
            self.stack = stack.pop_all()

    @property
    def is_done(self) -> bool:
        return self.batch is None or (self.beside is None and self.batch.is_done)

    @property
    def waits_for_model(self) -> bool:
        return self.batch is not None and self.beside is None and self.batch.needs_model

    def go_on_beside(self) -> None:
        """Hand the steps up to the next one with a model to the other thread, and take over what it has finished."""
        if self.beside is not None and self.beside.done():
            finished, self.beside = self.beside, None
            self.guarded(finished.result)
        if self.batch is not None and self.beside is None and not self.batch.needs_model and not self.batch.is_done:
            self.beside = run_beside(self.to_next_model)

    def to_next_model(self) -> None:
        while self.batch is not None and not self.batch.is_done and not self.batch.needs_model:
            self.batch.advance()

    def ask_model(self) -> None:
        if self.batch is not None:
            self.guarded(self.batch.advance)

    def guarded(self, work: Callable[[], None]) -> None:
        """A runner that raises fails its whole batch; each answer is then tried in smaller company."""
        try:
            work()
        except (ModelUnavailable, SoftTimeLimitExceeded):
            raise
        except Exception as error:
            logger.exception("run %s: the runner raised", self.run.public_id)
            self.fail("bug", f"{type(error).__name__}: {error}")
            if is_fatal(error):
                self.store()
                raise

    def fail(self, kind: ErrorKind, message: str) -> None:
        self.outcomes |= {key: _failed(key, kind, message) for key in self.keys}
        self.batch = None

    def store(self) -> None:
        self.stack.close()
        close_old_connections()
        if self.batch is not None:
            self.outcomes |= {outcome.id: outcome for outcome in self.batch.outcomes()}
        for answer in self.answers:
            key = answer.task.key
            missing = _failed(key, "bug", "The runner returned nothing for this task.")
            _store_outcome(answer, self.outcomes.get(key, missing))

    def release(self) -> None:
        """Give everything back, as if it had never been claimed."""
        self.dropped.set()
        self.stack.close()
        release_answers(self.answers)


@contextmanager
def open_lane(run: Run, runner: BatchRunner, worker: str) -> Iterator[Lane]:
    """What is still in hand at the end, whatever ended it, is given back.

    A job that outlives its time ends quietly: what it was at has failed, and is tried again in smaller company.
    """
    lane = Lane(run, runner, worker)
    try:
        yield lane
    except SoftTimeLimitExceeded:
        lane.end_what_hangs()
    except Exception as error:
        if is_fatal(error):
            lane.release()
            end_process()
        raise
    finally:
        lane.release()


@dataclass
class Lane:
    run: Run
    runner: BatchRunner
    worker: str
    batches: list[ClaimedBatch] = field(default_factory=list)
    at_work: ClaimedBatch | None = None

    def fill(self) -> None:
        """Claim what may be in hand; one batch ahead at most."""
        while len(self.batches) < (2 if self.runner.overlaps else 1):
            answers = claim_answers(self.run, worker=self.worker, batch_size=self.runner.batch_size)
            if not answers:
                return
            self.batches.append(ClaimedBatch(self.run, self.runner, answers))

    def step(self) -> None:
        """One step with a model, of the batch claimed first among those that wait for it; else wait for the thread."""
        for batch in self.batches:
            self.at_work = batch
            batch.go_on_beside()
        ready = next((batch for batch in self.batches if batch.waits_for_model), None)
        if ready is not None:
            self.at_work = ready
            ready.ask_model()
        elif waiting := [batch for batch in self.batches if batch.beside is not None]:
            self.at_work = waiting[0]
            wait([batch.beside for batch in waiting if batch.beside is not None], return_when=FIRST_COMPLETED)
        for batch in [batch for batch in self.batches if batch.is_done]:
            self._store(batch)
        self.at_work = None

    def end_what_hangs(self) -> None:
        """A thread that hangs would hold up all steps without a model from now on: then the process ends."""
        if hung := self.at_work:
            hung.fail("timeout", "The batch took longer than a job may.")
            self._store(hung)
            if hung.beside is not None:
                self.release()
                end_process()

    def release(self) -> None:
        while self.batches:
            self.batches.pop().release()

    def _store(self, batch: ClaimedBatch) -> None:
        batch.store()
        if batch in self.batches:
            self.batches.remove(batch)
        Run.objects.filter(pk=self.run.pk, problem_at__isnull=False).update(problem="", problem_at=None)


def _failed(key: str, kind: ErrorKind, message: str) -> Outcome:
    return Outcome(key, text=None, failure=Failure(kind, message, retryable=True))


def _store_outcome(answer: Answer, outcome: Outcome) -> None:
    if outcome.failure is None:
        finish_answer(answer, outcome)
    elif outcome.failure.kind == "cancelled":
        release_answers([answer])
    else:
        fail_answer(answer, outcome.failure, trace=outcome.trace)
