"""The lease on an answer: claimed, extended, given back, or ended by a text or a failure.

Every write carries the attempt that the claim drew (the fencing token) and asks for `state = running`: a worker that
was paused past its lease, or whose run was cancelled, matches no row and changes nothing. Only the database's clock
counts.
"""

from __future__ import annotations

import json
import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import F, Max, Prefetch, Q
from django.db.models.functions import Now

from apps.buckets.models import TaskImage
from apps.generation.domain.retries import MAX_FAILURES, backoff_seconds, batch_limit, is_final
from apps.generation.domain.storable import storable_json, storable_text
from apps.generation.models import Answer, AnswerState, Run, RunState
from inference.contracts import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.db.models import QuerySet

    from inference.contracts import Outcome, StepRecord

T = TypeVar("T")
logger = logging.getLogger(__name__)
RETRY_SECONDS = 0.5
LAST_TRY = MAX_FAILURES - 1  # failures of an answer whose next one may be final
REFUSED = (DataError, IntegrityError)
FINISH = """
WITH said AS (
    SELECT * FROM json_to_recordset(%s) AS said (
        id bigint, attempt int, text text, trace jsonb, prompt_tokens int, completion_tokens int, latency_ms int,
        finish_reason text
    )
), held AS (
    SELECT id FROM generation_answer JOIN said USING (id, attempt) WHERE state = 'running'
    FOR NO KEY UPDATE OF generation_answer SKIP LOCKED
)
UPDATE generation_answer AS answer
SET state = 'done', lease_until = NULL, finished_at = now(), error_kind = '', error = '', text = said.text,
    trace = said.trace, prompt_tokens = said.prompt_tokens, completion_tokens = said.completion_tokens,
    latency_ms = said.latency_ms, finish_reason = said.finish_reason
FROM said JOIN held USING (id) WHERE answer.id = said.id RETURNING answer.id
"""


def lease_time() -> timedelta:
    return timedelta(seconds=settings.GENERATION_LEASE_SECONDS)


@transaction.atomic
def claim_answers(run: Run, *, worker: str, batch_size: int) -> list[Answer]:
    """Lease up to `batch_size` fresh answers, else some that failed before (`batch_limit`); [] when there are none.

    Locks with SKIP LOCKED: workers never wait for each other and never get the same row. A last try is claimed alone,
    also when `worker` holds several batches at once: not beside others, and no others beside it.
    """
    ids = _lock_claimable(run, worker, batch_size)
    claimed = Answer.objects.filter(pk__in=ids)
    claimed.update(
        state=AnswerState.RUNNING,
        attempt=F("attempt") + 1,
        lease_until=Now() + lease_time(),
        started_at=Now(),
        worker=worker[:120],
    )
    pictures = Prefetch("task__task_images", TaskImage.objects.select_related("image"))
    return list(claimed.order_by("pk").select_related("task").prefetch_related(pictures))


def _lock_claimable(run: Run, worker: str, batch_size: int) -> list[int]:
    active = Run.objects.filter(pk=run.pk, state=RunState.ACTIVE)
    waiting = Answer.objects.filter(run__in=active, state=AnswerState.WAITING).order_by("pk")
    locked = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)
    due = Q(not_before=None) | Q(not_before__lte=Now())
    for failures in _claimable_failures(worker):
        exactly = Q(failures=failures) if failures < LAST_TRY else Q(failures__gte=failures)
        limit = batch_limit(failures, batch_size)
        if found := list(locked.filter(exactly if failures == 0 else exactly & due)[:limit]):
            return found
    return []


def _claimable_failures(worker: str) -> Sequence[int]:
    """How often failed an answer may be that `worker` claims next, given what it holds already."""
    held = Answer.objects.filter(worker=worker[:120], state=AnswerState.RUNNING)
    most = held.aggregate(most=Max("failures"))["most"]
    if most is None:
        return range(MAX_FAILURES)
    return range(LAST_TRY) if most < LAST_TRY else ()


def extend_leases(answers: Sequence[Answer]) -> int:
    """Push the end of the leases still held; returns how many are. 0 means that others own this work now.

    Waits for no lock, so it can't deadlock with a cancel.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE generation_answer SET lease_until = now() + make_interval(secs => %s) WHERE id IN ("
            " SELECT id FROM generation_answer JOIN unnest(%s::bigint[], %s::int[]) AS held (id, attempt)"
            " USING (id, attempt) WHERE state = 'running' FOR UPDATE OF generation_answer SKIP LOCKED)",
            [
                settings.GENERATION_LEASE_SECONDS,
                [answer.pk for answer in answers],
                [answer.attempt for answer in answers],
            ],
        )
        return int(cursor.rowcount)


def release_answers(answers: Sequence[Answer]) -> int:
    """Give leases back unused, as if they had never been claimed: no failure is counted."""

    def give_back() -> int:
        return sum(_held(answer).update(state=AnswerState.WAITING, lease_until=None) for answer in answers)

    return patiently(give_back)


def finish_answers(said: Sequence[tuple[Answer, Outcome]]) -> int:
    """Store texts and traces; an empty text is stored too. Returns how many, without those whose leases were lost.

    One statement for all, which waits for no lock, so it can't deadlock with a cancel. Answers that were locked, and
    all where one holds what the database refuses, are stored one by one; the refused one fails alone.
    """
    rows = [{"id": answer.pk, "attempt": answer.attempt, **_finished(outcome)} for answer, outcome in said]
    try:
        stored = patiently(lambda: _finish_held(rows)) if rows else set()
    except REFUSED:
        stored = set()
    return len(stored) + sum(_finish_alone(*one) for one in said if one[0].pk not in stored)


def _finish_held(rows: Sequence[Mapping[str, object]]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(FINISH, [json.dumps(rows)])
        return {pk for (pk,) in cursor.fetchall()}


def _finish_alone(answer: Answer, outcome: Outcome) -> bool:
    try:
        return _end(answer, state=AnswerState.DONE, **_finished(outcome), error_kind="", error="")
    except REFUSED as error:
        fail_answer(answer, Failure("bug", f"The answer can't be stored: {error}", retryable=False))
        return False


def _finished(outcome: Outcome) -> dict[str, object]:
    reasons = [step.finish_reason for step in outcome.trace if step.finish_reason]
    return {
        "text": storable_text(outcome.text or ""),
        "trace": _stored_trace(outcome.trace),
        "prompt_tokens": outcome.prompt_tokens,
        "completion_tokens": outcome.completion_tokens,
        "latency_ms": outcome.latency_ms,
        "finish_reason": storable_text(reasons[-1])[:40] if reasons else "",
    }


def fail_answer(answer: Answer, failure: Failure, *, trace: Sequence[StepRecord] = ()) -> bool:
    """Count one failure: waiting again after a pause, or failed for good. False when the lease was lost."""
    failures = answer.failures + 1
    facts = {
        "failures": failures,
        "error_kind": failure.kind,
        "error": storable_text(failure.message),
        "trace": _stored_trace(trace),
    }
    if is_final(failures, retryable=failure.retryable):
        return _end(answer, state=AnswerState.FAILED, **facts)
    pause = timedelta(seconds=backoff_seconds(failures))
    return _store(answer, state=AnswerState.WAITING, not_before=Now() + pause, **facts)


def _end(answer: Answer, **facts: object) -> bool:
    return _store(answer, finished_at=Now(), **facts)


def _store(answer: Answer, **facts: object) -> bool:
    written = bool(patiently(lambda: _held(answer).update(lease_until=None, **facts)))
    if not written:
        logger.warning("answer %s: attempt %s came too late and was not stored", answer.public_id, answer.attempt)
    return written


def is_disconnected(error: Error) -> bool:
    """psycopg2 has no better class for a session that ends while its answer is read; what SQL does wrong has one."""
    return isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError


def patiently(ask: Callable[[], T]) -> T:
    """A database that restarts must not cost what a model has written: try for as long as a lease may last.

    `ask` is a whole transaction, for it may be asked again. Raises what it last raised.
    """
    end = time.monotonic() + lease_time().total_seconds()
    while True:
        try:
            return ask()
        except Error as error:
            if not is_disconnected(error) or connection.in_atomic_block or time.monotonic() > end:
                raise
            logger.warning("the database does not answer; work in hand waits for it", exc_info=True)
            connection.close()
            time.sleep(RETRY_SECONDS)


def _held(answer: Answer) -> QuerySet[Answer]:
    return Answer.objects.filter(pk=answer.pk, attempt=answer.attempt, state=AnswerState.RUNNING)


def _stored_trace(trace: Sequence[StepRecord]) -> object:
    return storable_json([step.as_json() for step in trace])
