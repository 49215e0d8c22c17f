"""The sweeper takes back what a lost worker held and wakes workers for what waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from apps.generation.models import Answer, AnswerState, FailureKind, Run
from apps.generation.services import claim_answers, sweep_leases
from apps.generation.services.sweep import ADVISORY_LOCK
from apps.generation.tests.makers import make_run

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bucket: Bucket, revision: PipelineRevision) -> Run:
    return make_run(bucket, revision, done=False)


def lose_worker(run: Run, size: int = 2) -> list[Answer]:
    batch = claim_answers(run, worker="lost:1", batch_size=size)
    Answer.objects.filter(state=AnswerState.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
    return batch


def test_an_expired_lease_waits_again_with_a_pause_and_a_cause(run: Run) -> None:
    [lost, _] = lose_worker(run)
    assert sweep_leases().retried == 2
    lost.refresh_from_db()
    assert (lost.state, lost.failures, lost.error_kind) == (AnswerState.WAITING, 1, FailureKind.WORKER_LOST)
    assert "lost:1" in lost.error
    assert lost.not_before is not None
    assert 1 < (lost.not_before - timezone.now()).total_seconds() <= 2


def test_a_lease_that_still_runs_is_left_alone(run: Run) -> None:
    claim_answers(run, worker="w", batch_size=2)
    assert sweep_leases().retried == 0


def test_the_second_loss_alone_is_final(run: Run) -> None:
    """The fourth in all: what takes its process with it twice when alone is no accident."""
    Answer.objects.filter(task__position__gt=0).delete()
    for _ in range(4):
        Answer.objects.update(not_before=None)
        [lost] = lose_worker(run)
        result = sweep_leases()
    assert (result.retried, result.failed) == (0, 1)
    lost.refresh_from_db()
    assert (lost.state, lost.error_kind) == (AnswerState.FAILED, FailureKind.WORKER_LOST)
    assert lost.finished_at is not None


def test_workers_wake_for_each_run_that_waits_the_neglected_first(
    bucket: Bucket,
    revision: PipelineRevision,
    hints: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    served, neglected, finished = (make_run(bucket, revision, done=done) for done in (False, False, True))
    claim_answers(served, worker="w", batch_size=4)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_leases().woken == 2
    assert hints == [str(neglected.public_id)] * 6 + [str(served.public_id)] * 2
    assert str(finished.public_id) not in hints


def test_a_paused_run_is_tried_again_once_a_minute(run: Run) -> None:
    Run.objects.update(problem="no model", problem_at=timezone.now() - timedelta(seconds=30))
    assert sweep_leases().woken == 0
    Run.objects.update(problem_at=timezone.now() - timedelta(seconds=61))
    assert sweep_leases().woken == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_do_not_work_at_once(run: Run) -> None:
    lose_worker(run)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        assert sweep_leases().retried == 0
        other.rollback()
        assert sweep_leases().retried == 2
    finally:
        other.close()
