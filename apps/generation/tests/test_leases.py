"""The lease on an answer: nobody gets it twice, and a late write changes nothing."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import (
    DatabaseError,
    DataError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.utils import timezone

from apps.generation.models import Answer, AnswerState, Run
from apps.generation.services import claim_answers, extend_leases, fail_answer, finish_answers, leases, release_answers
from apps.generation.tests.faults import cut_off
from apps.generation.tests.makers import make_run
from inference.contracts import Failure, Outcome, StepRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision

pytestmark = pytest.mark.django_db
BUSY = Failure("transient", "the server is busy", retryable=True)
names = itertools.count()
BROKEN = Failure("input", "not a picture", retryable=False)


@pytest.fixture
def run(bucket: Bucket, revision: PipelineRevision) -> Run:
    return make_run(bucket, revision, done=False)


def claim(run: Run, size: int = 4, worker: str = "") -> list[Answer]:
    """By a worker that holds nothing else, unless it is named."""
    return claim_answers(run, worker=worker or f"w{next(names)}", batch_size=size)


def outcome(answer: Answer, text: str = "Yes", **step: object) -> Outcome:
    record = StepRecord(step="answer", uses="test", input={}, output=text, latency_ms=7, **step)  # type: ignore[arg-type]
    return Outcome(str(answer.public_id), text, None, trace=(record,))


def stored(answer: Answer) -> Answer:
    return Answer.objects.get(pk=answer.pk)


def let_leases_end() -> None:
    Answer.objects.filter(state=AnswerState.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))


def skip_pauses() -> None:
    Answer.objects.update(not_before=None)


def test_a_claim_takes_a_full_batch_in_the_order_of_the_bucket(run: Run) -> None:
    assert [answer.task.position for answer in claim(run)] == [0, 1, 2, 3]
    assert [answer.task.position for answer in claim(run)] == [4, 5]
    assert claim(run) == []


def test_what_failed_before_comes_in_half_batches_after_the_fresh_ones_and_alone_for_its_last_try(run: Run) -> None:
    for expected in ([4, 2, 0], [2, 2, 2, 0], [1, 1, 1, 1, 1, 1, 0]):
        batches = [claim(run) for _ in expected]
        assert [len(batch) for batch in batches] == expected
        for answer in itertools.chain(*batches):
            fail_answer(answer, BUSY)
        skip_pauses()
    assert {answer.state for answer in run.answers.all()} == {AnswerState.FAILED}


def test_a_last_try_shares_its_process_with_nothing(run: Run) -> None:
    """Also when a worker has two batches in hand: should it kill the process, no neighbour was on its own last try."""
    Answer.objects.filter(task__position=5).update(failures=2)
    fresh, rest = claim(run, 4, worker="busy"), claim(run, 4, worker="busy")
    assert [len(fresh), len(rest), len(claim(run, 4, worker="busy"))] == [4, 1, 0]
    assert [answer.task.position for answer in claim(run, 4, worker="idle")] == [5]
    release_answers(fresh)
    assert claim(run, 4, worker="idle") == []
    assert len(claim(run, 4, worker="other")) == 4


@pytest.mark.django_db(transaction=True)
def test_a_text_waits_for_a_database_that_restarts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RETRY_SECONDS", 0.01)
    [answer] = claim(run, 1)
    cut_off()
    assert finish_answers([(answer, outcome(answer))])
    assert stored(answer).text == "Yes"


def test_what_sql_does_wrong_is_not_asked_again() -> None:
    lost = [OperationalError(), InterfaceError(), DatabaseError("server closed the connection unexpectedly")]
    assert [leases.is_disconnected(error) for error in [*lost, DataError(), ProgrammingError()]] == [True] * 3 + [
        False
    ] * 2


def test_a_failed_answer_waits_for_its_pause(run: Run) -> None:
    [answer] = claim(run, 1)
    fail_answer(answer, BUSY)
    claim(run, 5)
    assert claim(run) == []
    pause = stored(answer).not_before
    assert pause is not None
    assert 0 < (pause - timezone.now()).total_seconds() <= 2


def test_a_passing_trouble_is_tried_three_times_an_input_error_once(run: Run) -> None:
    busy, broken = claim(run, 2)
    fail_answer(broken, BROKEN)
    assert (stored(broken).state, stored(broken).error) == (AnswerState.FAILED, "not a picture")
    Answer.objects.exclude(pk=busy.pk).update(state=AnswerState.CANCELLED)
    for _ in range(2):
        fail_answer(busy, BUSY)
        assert stored(busy).state == AnswerState.WAITING
        skip_pauses()
        [busy] = claim(run)
    fail_answer(busy, BUSY)
    assert (stored(busy).state, stored(busy).failures) == (AnswerState.FAILED, 3)


def test_a_finished_answer_keeps_text_trace_and_counts(run: Run) -> None:
    [answer] = claim(run, 1)
    assert finish_answers([(answer, outcome(answer, prompt_tokens=11, completion_tokens=3, finish_reason="length"))])
    row = stored(answer)
    assert (row.state, row.text, row.lease_until) == (AnswerState.DONE, "Yes", None)
    assert (row.prompt_tokens, row.completion_tokens, row.latency_ms) == (11, 3, 7)
    assert row.is_cut_off
    assert row.trace[0]["output"] == "Yes"


def test_of_a_batch_what_is_held_no_longer_is_not_stored(run: Run) -> None:
    """An answer that another worker has claimed meanwhile, and one that was cancelled."""
    taken, cancelled, _held = batch = claim(run, 3)
    Answer.objects.filter(pk=taken.pk).update(attempt=taken.attempt + 1, worker="heir")
    Answer.objects.filter(pk=cancelled.pk).update(state=AnswerState.CANCELLED, lease_until=None)
    assert finish_answers([(answer, outcome(answer, "late")) for answer in batch]) == 1
    found = [(stored(answer).state, stored(answer).text) for answer in batch]
    assert found == [(AnswerState.RUNNING, None), (AnswerState.CANCELLED, None), (AnswerState.DONE, "late")]


@pytest.mark.parametrize("late", ["finish", "fail", "extend", "release"])
def test_a_write_after_the_lease_was_taken_over_changes_nothing(run: Run, late: str) -> None:
    [zombie] = claim(run, 1)
    release_answers([zombie])
    [heir] = claim(run, 1)
    assert heir.pk == zombie.pk
    before = stored(heir).lease_until
    writes: dict[str, Callable[[], object]] = {
        "finish": lambda: finish_answers([(zombie, outcome(zombie, "late"))]),
        "fail": lambda: fail_answer(zombie, BROKEN),
        "extend": lambda: extend_leases([zombie]),
        "release": lambda: release_answers([zombie]),
    }
    assert not writes[late]()
    assert (stored(heir).state, stored(heir).lease_until) == (AnswerState.RUNNING, before)
    assert finish_answers([(heir, outcome(heir, "mine"))])
    assert stored(heir).text == "mine"


def test_extending_pushes_the_end_of_held_leases(run: Run) -> None:
    batch = claim(run, 2)
    let_leases_end()
    assert extend_leases(batch) == 2
    until = stored(batch[0]).lease_until
    assert until is not None
    assert until > timezone.now() + timedelta(seconds=30)


def test_a_released_answer_counts_no_failure_and_joins_a_batch_again(run: Run) -> None:
    assert release_answers(claim(run, 4)) == 4
    assert len(claim(run, 6)) == 6


def test_an_empty_text_is_an_answer_and_hostile_characters_are_stored_harmless(run: Run) -> None:
    empty, hostile = claim(run, 2)
    finish_answers([(empty, outcome(empty, ""))])
    finish_answers([(hostile, outcome(hostile, "a\x00b\ud800", prompt="\x00", model={"\x00k": float("nan")}))])
    assert stored(empty).is_empty
    assert stored(hostile).text.startswith("ab\ufffd")  # type: ignore[union-attr]
    assert stored(hostile).trace[0]["model"] == {"k": "nan"}


@pytest.mark.django_db(transaction=True)
def test_a_claim_skips_what_another_claim_has_locked(run: Run) -> None:
    """The other worker's claim is still open in its own connection."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM generation_answer ORDER BY id LIMIT 4 FOR UPDATE")
        with transaction.atomic():
            assert [answer.task.position for answer in claim(run)] == [4, 5]
        other.rollback()
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_stored_though_one_of_its_answers_is_locked_or_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, beside, refused, neighbour = claim(run)
    other, at_once = connection.copy(), leases._finish_held

    def then_unlocked(rows: Sequence[Mapping[str, object]]) -> set[int]:
        stored = at_once(rows)
        other.rollback()
        return stored

    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM generation_answer WHERE id = %s FOR UPDATE", [locked.pk])
        monkeypatch.setattr(leases, "_finish_held", then_unlocked)
        assert finish_answers([(locked, outcome(locked)), (beside, outcome(beside))]) == 2
    finally:
        other.close()
    too_many = outcome(refused, completion_tokens=2**31)
    assert finish_answers([(refused, too_many), (neighbour, outcome(neighbour))]) == 1
    assert [stored(answer).state for answer in (locked, beside, refused, neighbour)] == [
        AnswerState.DONE,
        AnswerState.DONE,
        AnswerState.FAILED,
        AnswerState.DONE,
    ]
