"""Pairs join an evaluation as soon as both sides are answered, once each, balanced all the while."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.assessment.jobs import admit
from apps.assessment.models import Assignment, Comparison, Evaluation
from apps.assessment.queries import evaluation_progress, lost_by_cause
from apps.assessment.services import admit_all_pairs, admit_pairs, claim_comparison, close_evaluation, reopen_evaluation
from apps.assessment.tests.makers import answer_tasks, make_evaluation, make_judgment
from apps.generation.models import AnswerState
from conftest import Cast

pytestmark = pytest.mark.slow


def test_a_run_may_still_be_going_and_each_pair_joins_once(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=5, going=True, lost=["t4"])
    pairs = evaluation_progress(evaluation).pairs
    assert (pairs.tasks, pairs.ready, pairs.failed, pairs.to_come) == (5, 0, 1, 4)
    answer_tasks(evaluation, "t0", "t2", "t4")
    assert (admit_all_pairs(), admit_all_pairs()) == (2, 0)
    assert set(evaluation.comparisons.values_list("task__key", flat=True)) == {"t0", "t2"}
    answer_tasks(evaluation, "t1")
    admit()
    progress = evaluation_progress(evaluation)
    assert (progress.pairs.ready, progress.pairs.to_come, progress.places) == (3, 1, 6)
    assert not progress.is_complete


def test_an_assessor_without_work_finds_pairs_that_just_became_ready(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3, going=True, overlap=1)
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=timezone.now()) is None
    answer_tasks(evaluation, "t1")
    assert make_judgment(evaluation, assessor=cast.assessor).assignment.comparison.task.key == "t1"
    assert not evaluation_progress(evaluation).is_complete
    answer_tasks(evaluation, "t0")
    evaluation.run_b.answers.filter(task__key="t2").update(state=AnswerState.CANCELLED)
    make_judgment(evaluation, assessor=cast.assessor)
    assert evaluation_progress(evaluation).is_complete
    (lost,) = lost_by_cause(evaluation)
    assert (lost.side, lost.state, lost.count) == ("b", "Cancelled", 1)


def test_sides_stay_balanced_in_every_cluster_however_the_pairs_come(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=16, going=True, overlap=1)
    for start in range(0, 16, 3):
        answer_tasks(evaluation, *(f"t{number}" for number in range(start, start + 3)))
        admit_all_pairs()
        leans = Counter[str]()
        for cluster, left in Assignment.objects.values_list("comparison__task__cluster", "a_on_left"):
            leans[cluster] += 1 if left else -1
        assert all(abs(lean) <= 1 for lean in leans.values())
    assert Assignment.objects.count() == 16


def test_places_are_handed_out_breadth_first_whenever_they_came(cast: Cast) -> None:
    people = [cast.assessor, make_user("other@example.org")]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=4, going=True)
    answer_tasks(evaluation, "t0", "t1")
    admit_all_pairs()
    make_judgment(evaluation, assessor=cast.assessor)
    answer_tasks(evaluation, "t2", "t3")
    admit_all_pairs()
    by_replica = defaultdict[int, list[int]](list)
    for replica, key in evaluation.assignments.values_list("replica", "order_key"):
        by_replica[replica].append(key)
    assert max(by_replica[0]) < min(by_replica[1])


def test_closed_and_quiet_evaluations_are_left_alone(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=2, going=True)
    answer_tasks(evaluation, "t0")
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert admit_pairs(evaluation=evaluation) == admit_all_pairs() == 0
    reopen_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert admit_all_pairs() == 1
    Evaluation.objects.update(looked_at=timezone.now() + timedelta(hours=1))
    assert not Evaluation.objects.with_news().exists()
    Evaluation.objects.update(looked_at=timezone.now())
    assert Evaluation.objects.with_news().exists()


def test_the_database_refuses_places_of_a_pair_that_is_not_released(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=1, says={"t0": "I am Qwen"})
    held = evaluation.comparisons.get()
    place = Assignment(evaluation=evaluation, comparison=held, replica=0, order_key=0, a_on_left=True)
    with pytest.raises(IntegrityError, match="not released"), transaction.atomic():
        place.save()
    released = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=1).comparisons.get()
    with pytest.raises(IntegrityError, match="has places"), transaction.atomic():
        Comparison.objects.filter(pk=released.pk).update(state="held")


def test_a_claim_that_finds_a_free_place_reads_no_answers(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3)
    asked: list[str] = []

    def listen(execute: object, sql: str, *rest: object) -> object:
        asked.append(sql)
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(listen):
        claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=timezone.now())
    assert not any("generation_" in sql for sql in asked)
