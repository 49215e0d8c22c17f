"""The batches that a worker's turn has in hand: one; two, where a pipeline has steps with a model and steps without;
four, where all its models are behind servers.

While a model in this process works for one batch, a thread reads and searches for the other. The model and the database
belong to the worker's own thread, all steps without a model to one thread beside it at a time: nothing is used by two
threads at once. Batches for servers go through a thread each, so that the slowest answer of one leaves no server idle:
models behind servers may be asked by several threads, steps without a model take turns.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error, close_old_connections, connections

from apps.generation.models import Run
from apps.generation.services.heartbeat import kept_leases
from apps.generation.services.inputs import copies_folder, prepare_inputs
from apps.generation.services.leases import claim_answers, fail_answer, finish_answers, patiently, release_answers
from apps.generation.services.resident import end_process
from inference.contracts import Failure, Outcome
from inference.errors import ModelUnavailable, is_fatal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from apps.generation.models import Answer
    from inference.contracts import Batch, BatchRunner, ErrorKind, StepRecord

logger = logging.getLogger(__name__)
_beside = threading.Lock()
GRACE_SECONDS = 2.0
REMOTE_BATCHES = (
    4  # simulated with log-normal latencies (σ 0.5) and batches of a server's concurrency: 97 % of it is used
)


def run_beside(work: Callable[[], None]) -> Future[None]:
    """`work` in a thread, which keeps no process from ending and no connection to the database."""
    future: Future[None] = Future()

    def body() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            connections.close_all()
            future.set_exception(error)
        else:
            connections.close_all()
            future.set_result(None)

    threading.Thread(target=body, name="beside", daemon=True).start()
    return future


def advance_alone(batch: Batch) -> None:
    """A step without a model: one at a time in this process, in no particular order."""
    with _beside:
        batch.advance()


class ClaimedBatch:
    """Leased answers on their way through the pipeline; the leases are kept until they are stored or given back."""

    def __init__(self, run: Run, runner: BatchRunner, answers: list[Answer]) -> None:
        self.run = run
        self.answers = answers
        self.beside: Future[None] | None = None
        self.is_remote = runner.is_remote
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
        """For one in this process, which belongs to the worker's own thread."""
        return self.batch is not None and self.beside is None and self.batch.needs_model and not self.is_remote

    def go_on_beside(self) -> None:
        """Hand what needs no model of this process to another thread, and take over what it has finished."""
        if self.beside is not None and self.beside.done():
            finished, self.beside = self.beside, None
            self.guarded(finished.result)
        batch = self.batch
        if batch is not None and self.beside is None and not batch.is_done and not self.waits_for_model:
            self.beside = run_beside(lambda: self.advance_beside(batch))

    def advance_beside(self, batch: Batch) -> None:
        while not batch.is_done and not self.dropped.is_set():
            if not batch.needs_model:
                advance_alone(batch)
            elif self.is_remote:
                batch.advance()
            else:
                return

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
        said = [(answer, self.outcome(answer.task.key)) for answer in self.answers]
        finish_answers([(answer, outcome) for answer, outcome in said if outcome.failure is None])
        for answer, outcome in said:
            if outcome.failure is not None:
                _store_failure(answer, outcome.failure, outcome.trace)

    def outcome(self, key: str) -> Outcome:
        return self.outcomes.get(key) or _failed(key, "bug", "The runner returned nothing for this task.")

    def drop(self) -> None:
        """No more steps, and its leases are kept no longer."""
        self.dropped.set()
        self.stack.close()


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

    @property
    def most_batches(self) -> int:
        if self.runner.is_remote:
            return REMOTE_BATCHES
        return 2 if self.runner.overlaps else 1

    def fill(self) -> None:
        """Claim what may be in hand."""
        while len(self.batches) < self.most_batches:
            answers = patiently(self._claim)
            if not answers:
                return
            try:
                self.batches.append(ClaimedBatch(self.run, self.runner, answers))
            except BaseException:
                release_answers(answers)
                raise

    def _claim(self) -> list[Answer]:
        return claim_answers(self.run, worker=self.worker, batch_size=self.runner.batch_size)

    def step(self) -> None:
        """Store what is done, so that more can be claimed; else one step with a model, of the batch claimed first among
        those that wait for it; else wait for a thread.
        """
        for batch in self.batches:
            self.at_work = batch
            batch.go_on_beside()
        if not any(batch.is_done for batch in self.batches):
            self._ask_or_wait()
        for batch in [batch for batch in self.batches if batch.is_done]:
            self._store(batch)
        self.at_work = None

    def _ask_or_wait(self) -> None:
        ready = next((batch for batch in self.batches if batch.waits_for_model), None)
        if ready is not None:
            self.at_work = ready
            ready.ask_model()
        elif waiting := [batch for batch in self.batches if batch.beside is not None]:
            self.at_work = waiting[0]
            wait([batch.beside for batch in waiting if batch.beside is not None], return_when=FIRST_COMPLETED)

    def end_what_hangs(self) -> None:
        """A thread that does not end when it is told to would hold up others from now on: then the process ends."""
        if hung := self.at_work:
            hung.dropped.set()
            hung.fail("timeout", "The batch took longer than a job may.")
            self._store(hung)
            if hung.beside is not None and wait([hung.beside], timeout=GRACE_SECONDS).not_done:
                self.release()
                end_process()

    def release(self) -> None:
        """Give everything back, as if it had never been claimed; to the sweeper, while the database stays away."""
        given_back: list[Answer] = []
        while self.batches:
            batch = self.batches.pop()
            batch.drop()
            given_back += batch.answers
        try:
            release_answers(given_back)
        except Error:
            logger.warning("run %s: leases are left to end", self.run.public_id, exc_info=True)

    def _store(self, batch: ClaimedBatch) -> None:
        batch.store()
        if batch in self.batches:
            self.batches.remove(batch)
        paused = Run.objects.filter(pk=self.run.pk, problem_at__isnull=False)
        patiently(lambda: paused.update(problem="", problem_at=None))


def _failed(key: str, kind: ErrorKind, message: str) -> Outcome:
    return Outcome(key, text=None, failure=Failure(kind, message, retryable=True))


def _store_failure(answer: Answer, failure: Failure, trace: Sequence[StepRecord]) -> None:
    if failure.kind == "cancelled":
        release_answers([answer])
    else:
        fail_answer(answer, failure, trace=trace)
