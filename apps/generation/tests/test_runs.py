"""What people do with runs: start, cancel, try the failed ones again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.audit.models import AuditEvent
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, FailureKind, RunState
from apps.generation.queries import check_run
from apps.generation.services import (
    RunRefused,
    cancel_run,
    claim_answers,
    fail_answer,
    finish_answers,
    retry_failed,
    start_run,
    sweep_leases,
)
from inference.contracts import ErrorKind, Failure, Outcome

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from apps.buckets.models import Bucket
    from apps.generation.models import Run
    from apps.pipelines.models import PipelineRevision
    from conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(cast: Cast, bucket: Bucket, revision: PipelineRevision) -> Run:
    return start_run(actor=cast.researcher, bucket=bucket, revision=revision)


def states(run: Run) -> list[str]:
    return list(Answer.objects.filter(run=run).order_by("pk").values_list("state", flat=True))


def test_a_start_makes_every_answer_freezes_the_bucket_and_wakes_workers(
    cast: Cast,
    bucket: Bucket,
    revision: PipelineRevision,
    hints: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = start_run(actor=cast.researcher, bucket=bucket, revision=revision, seed=7)
        assert hints == []
    assert states(run) == [AnswerState.WAITING] * 6
    assert hints == [str(run.public_id)] * 6
    bucket.refresh_from_db()
    assert bucket.frozen_at is not None
    event = AuditEvent.objects.get(verb="run.started")
    assert (event.actor, event.facts["answers"]) == (cast.researcher, 6)


def test_a_broker_that_is_down_does_not_hinder_a_start(
    cast: Cast,
    bucket: Bucket,
    revision: PipelineRevision,
    broker_down: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = start_run(actor=cast.researcher, bucket=bucket, revision=revision)
    assert states(run) == [AnswerState.WAITING] * 6


def test_an_empty_bucket_is_refused_and_stays_open(cast: Cast, revision: PipelineRevision) -> None:
    bucket = make_bucket(cast.researcher, name="Empty", tasks=0)
    with pytest.raises(RunRefused, match="no tasks"):
        start_run(actor=cast.researcher, bucket=bucket, revision=revision)
    bucket.refresh_from_db()
    assert bucket.frozen_at is None


def test_a_cancel_stops_what_waits_and_refuses_what_comes_in_late(cast: Cast, run: Run) -> None:
    late, failing, *_ = claim_answers(run, worker="w", batch_size=3)
    assert cancel_run(actor=cast.researcher, run=run) == 6
    assert not finish_answers([(late, Outcome(str(late.public_id), "late", None))])
    assert not fail_answer(failing, Failure("input", "late", retryable=False))
    assert set(states(run)) == {AnswerState.CANCELLED}
    assert claim_answers(run, worker="w", batch_size=3) == []
    assert sweep_leases().woken == 0


def test_a_second_cancel_is_nothing(cast: Cast, run: Run) -> None:
    cancel_run(actor=cast.researcher, run=run)
    assert cancel_run(actor=cast.researcher, run=run) == 0
    assert AuditEvent.objects.filter(verb="run.cancelled").count() == 1
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def fail_all(run: Run, kind: ErrorKind, count: int) -> None:
    for answer in claim_answers(run, worker="w", batch_size=count):
        fail_answer(answer, Failure(kind, "no", retryable=False))


def test_a_retry_gives_failed_answers_a_new_round_and_suspects_stay_alone(cast: Cast, run: Run) -> None:
    fail_all(run, "model", 3)
    fail_all(run, "out_of_memory", 3)
    assert retry_failed(actor=cast.researcher, run=run) == 6
    batches = [claim_answers(run, worker=f"w{number}", batch_size=4) for number in range(5)]
    assert [len(batch) for batch in batches] == [3, 1, 1, 1, 0]
    assert {answer.attempt for batch in batches for answer in batch} == {2}


def test_another_round_that_fails_again_is_no_bug(cast: Cast, run: Run) -> None:
    """A bug at the first attempt, for good: two failures at one claim, then three at two."""
    for _ in range(3):
        while claimed := claim_answers(run, worker="w", batch_size=1):
            fail_answer(claimed[0], Failure("bug", "no", retryable=False))
        assert retry_failed(actor=cast.researcher, run=run) == 6
        counted = next(invariant for invariant in check_run(run) if "add up" in str(invariant.name))
        assert counted.holds, set(Answer.objects.filter(run=run).values_list("attempt", "failures"))


def test_a_retry_touches_only_failures(cast: Cast, run: Run) -> None:
    [answer] = claim_answers(run, worker="w", batch_size=1)
    finish_answers([(answer, Outcome(str(answer.public_id), "Yes", None))])
    assert retry_failed(actor=cast.researcher, run=run) == 0
    assert not AuditEvent.objects.filter(verb="run.retried").exists()


def test_a_cancelled_run_can_not_be_tried_again(cast: Cast, run: Run) -> None:
    fail_all(run, "input", 2)
    cancel_run(actor=cast.researcher, run=run)
    with pytest.raises(RunRefused, match="cancelled"):
        retry_failed(actor=cast.researcher, run=run)
    assert Answer.objects.filter(run=run, state=AnswerState.FAILED).count() == 2


def test_every_cause_has_words() -> None:
    assert {"input", "model", "out_of_memory", "transient", "timeout", "bug", "worker_lost"} == set(FailureKind.values)
