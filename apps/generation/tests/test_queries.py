"""How far a run is and why answers failed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from apps.generation.models import Answer, AnswerState
from apps.generation.queries import answers_of, failures_by_cause, neighbours, progress_of, run_progress
from apps.generation.tests.makers import make_run

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from apps.buckets.models import Bucket
    from apps.generation.models import Run
    from apps.pipelines.models import PipelineRevision

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(bucket: Bucket, revision: PipelineRevision) -> Run:
    return make_run(bucket, revision)


def change(run: Run, *positions: int, **facts: object) -> None:
    Answer.objects.filter(run=run, task__position__in=positions).update(**facts)


def test_progress_counts_every_state_and_what_to_look_at(run: Run) -> None:
    change(run, 0, state=AnswerState.WAITING)
    change(run, 1, state=AnswerState.FAILED)
    change(run, 2, text=" \n")
    change(run, 3, finish_reason="length")
    progress = run_progress(run)
    assert (progress.waiting, progress.failed, progress.done, progress.total) == (1, 1, 4, 6)
    assert (progress.empty, progress.cut_off) == (1, 1)


def test_the_rate_counts_from_when_the_work_began(run: Run) -> None:
    now = timezone.now()
    change(run, 0, state=AnswerState.WAITING, finished_at=None)
    change(run, 1, finished_at=now - timedelta(hours=1), started_at=now - timedelta(hours=1))
    change(run, 2, 3, 4, 5, finished_at=now - timedelta(seconds=1), started_at=now - timedelta(seconds=60))
    progress = run_progress(run)
    assert progress.per_minute == pytest.approx(4.0, rel=0.05)
    assert progress.seconds_left == pytest.approx(15, abs=2)


def test_a_rate_without_work_is_unknown(bucket: Bucket, revision: PipelineRevision) -> None:
    waiting = make_run(bucket, revision, done=False)
    assert run_progress(waiting).per_minute is None


def test_many_runs_take_one_query(
    bucket: Bucket, revision: PipelineRevision, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    runs = [make_run(bucket, revision) for _ in range(3)]
    with django_assert_num_queries(1) as queries:
        assert [progress.done for progress in progress_of(runs).values()] == [6, 6, 6]
    assert '"text"' not in queries.captured_queries[0]["sql"], "a list of runs must not read every answer's text"


def test_failures_are_grouped_by_cause_the_commonest_first(run: Run) -> None:
    change(run, 0, 1, state=AnswerState.FAILED, error_kind="worker_lost", error="gone")
    change(run, 2, state=AnswerState.FAILED, error_kind="input", error="not a picture")
    groups = failures_by_cause(run)
    assert [(group.kind, group.message, group.count) for group in groups] == [
        ("worker_lost", "gone", 2),
        ("input", "not a picture", 1),
    ]
    assert groups[0].cause == "The worker was lost"


def test_answers_come_in_the_order_of_the_bucket_and_by_state(run: Run) -> None:
    change(run, 4, state=AnswerState.FAILED)
    assert [answer.task.position for answer in answers_of(run)] == [0, 1, 2, 3, 4, 5]
    assert [answer.task.position for answer in answers_of(run, state="failed")] == [4]
    assert answers_of(run, state="nonsense").count() == 6


def test_neighbours_are_those_of_the_same_run(run: Run, bucket: Bucket, revision: PipelineRevision) -> None:
    make_run(bucket, revision)
    first, second, *_ = answers_of(run)
    assert neighbours(first) == (None, second)
    assert neighbours(second)[0] == first
