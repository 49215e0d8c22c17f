"""Judges on PostgreSQL: what they are asked, what is kept of it, and that people's judgments know nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from apps.assessment.models import Decision, Evaluation, Judgment, LeakHit
from apps.assessment.queries import evaluation_progress, judgment_table
from apps.assessment.services import admit_pairs, change_assessors, decide_leaks
from apps.assessment.tests.makers import answer_tasks, make_evaluation, make_judgment
from apps.buckets.models import Bucket
from apps.generation.models import Answer, AnswerState, Run
from apps.generation.services import cancel_run
from apps.judges.domain.combining import B_FIRST
from apps.judges.jobs import collect
from apps.judges.models import AutomaticJudgment
from apps.judges.queries import coverage, criteria_agreement, judge_figures, judge_verdicts, unasked
from apps.judges.services import JudgeRefused, collect_all, judge_rest, start_reference_judge
from apps.judges.tests.makers import make_model_judge, reply

if TYPE_CHECKING:
    from apps.judges.models import AutomaticJudge
    from conftest import Cast

pytestmark = pytest.mark.slow

FIRST, SECOND = "verdict: 1\ngrammar: 1", "verdict: 2\ngrammar: 2"
REPLIES = {
    "t0": (FIRST, SECOND),
    "t1": (FIRST, FIRST),
    "t2": ("verdict: tie", "no idea what to say of these two"),
    "t3": (SECOND, None),
}


@pytest.fixture
def evaluation(cast: Cast) -> Evaluation:
    return make_evaluation(cast.researcher, assessors=[cast.assessor], images=1, says={"t0": "Amber GPT-4o says so"})


@pytest.fixture
def judged(cast: Cast, evaluation: Evaluation) -> AutomaticJudge:
    accept_leaks(cast, evaluation)
    return make_model_judge(cast.researcher, evaluation, replies=REPLIES)


def accept_leaks(cast: Cast, evaluation: Evaluation) -> None:
    hits = LeakHit.objects.all()
    decide_leaks(actor=cast.researcher, evaluation=evaluation, hits=hits, choice=Decision.MASK, now=timezone.now())


def test_every_comparison_is_asked_in_both_orders_with_pictures_and_masks(
    cast: Cast, evaluation: Evaluation, judged: AutomaticJudge
) -> None:
    asked = list(Answer.objects.filter(run__judge_run__judge=judged).select_related("task").order_by("task__position"))
    bucket = Bucket.objects.get(runs__judge_run__judge=judged)
    one, other = (answer.task.instruction for answer in asked[:2])
    assert len(asked) == 8
    assert one.index("Amber") < one.index("Birch")
    assert other.index("Birch") < other.index("Amber")
    assert "GPT-4o" not in one
    assert "grammar: Which answer has fewer mistakes of grammar" in one
    assert {answer.task.images.get().pk for answer in asked} == set(
        evaluation.bucket.tasks.values_list("images", flat=True)
    )
    assert (bucket.is_frozen, list(bucket.members.all())) == (True, [cast.researcher])
    assert not any(name in one for name in ("Candidate", "Baseline", evaluation.name))


def test_a_flip_is_a_tie_and_what_is_not_understood_is_no_verdict(
    evaluation: Evaluation, judged: AutomaticJudge
) -> None:
    found = [(row.task_key, row.preference, row.verdict, row.flipped) for row in judge_verdicts(evaluation, judged)]
    assert found == [("t0", 1.0, "a", False), ("t1", 0.0, "neither", True)]
    counts = coverage(judged)
    assert (counts.judged, counts.unparsed, counts.failed, counts.under_way, counts.unasked) == (2, 1, 1, 0, 0)
    assert (collect_all(), AutomaticJudgment.objects.count()) == (0, 7)  # nothing is read twice


def test_people_are_counted_as_if_no_judge_were_there(
    cast: Cast, evaluation: Evaluation, judged: AutomaticJudge
) -> None:
    before = (judgment_table(evaluation), evaluation_progress(evaluation))
    assert (Judgment.objects.count(), evaluation_progress(evaluation).done) == (0, 0)
    judgment = make_judgment(evaluation, assessor=cast.assessor, verdict="b", ratings={"grammar": 1})
    table = judgment_table(evaluation)
    assert (before[0], [row.verdict for row in table]) == ([], ["b"])
    shared = {"t0", "t1"} & {judgment.assignment.comparison.task.key}
    found = judge_figures(judged)
    assert (found.judged, found.shared) == (2, len(shared))


def test_agreement_by_criterion(cast: Cast, evaluation: Evaluation, judged: AutomaticJudge) -> None:
    for _ in range(4):
        make_judgment(evaluation, assessor=cast.assessor, verdict="a", ratings={"grammar": 1})
    [row] = criteria_agreement(judged)
    assert (row.key, row.pairs, row.share) == ("grammar", 2, 0.5)  # the flipped one says "the same"
    assert judge_figures(judged).with_one.value == 0.5


def test_the_database_refuses_changes_second_verdicts_and_comparisons_of_others(
    cast: Cast, evaluation: Evaluation, judged: AutomaticJudge
) -> None:
    for attempt in (judged.judgments.all()[0].delete, lambda: AutomaticJudgment.objects.update(verdict="b")):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            attempt()
    made = judged.judgments.all()[0]
    made.pk = None
    made.answer = make_evaluation(cast.researcher, assessors=[]).run_a.answers.all()[0]
    with pytest.raises(IntegrityError, match="automatic_judgment_once"), transaction.atomic():
        made.save()
    made.comparison = Evaluation.objects.exclude(pk=evaluation.pk).get().comparisons.all()[0]
    with pytest.raises(IntegrityError, match="its own evaluation"), transaction.atomic():
        made.save()


def test_a_judge_goes_on_with_what_joined_and_what_a_cancelled_run_left(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], going=True)
    answer_tasks(evaluation, "t0")
    admit_pairs(evaluation=evaluation)
    judge = make_model_judge(cast.researcher, evaluation, replies={})
    first = judge.judge_runs.get().run
    one = first.answers.get(task__key__endswith="a_first")
    Answer.objects.filter(pk=one.pk).update(state=AnswerState.DONE, text=FIRST, finished_at=timezone.now())
    cancel_run(actor=cast.researcher, run=first)
    answer_tasks(evaluation, "t1")
    admit_pairs(evaluation=evaluation)
    assert coverage(judge).unasked == 2
    assert judge_rest(actor=cast.researcher, judge=judge, now=timezone.now()) == 2
    asked = judge.judge_runs.latest("pk").run.answers.order_by("task__position").values_list("task__key", flat=True)
    assert [key.split("/")[::2] for key in asked] == [["t0", "b_first"], ["t1", "a_first"], ["t1", "b_first"]]
    reply(judge, {"t0": (None, FIRST), "t1": (SECOND, FIRST)})
    assert settings.CELERY_BEAT_SCHEDULE["judges"]["task"] == collect.name
    collect()
    assert judge.judgments.count() == 4
    assert [row.preference for row in judge_verdicts(evaluation, judge)] == [0.0, -1.0]
    with pytest.raises(JudgeRefused, match="no released comparison"):
        judge_rest(actor=cast.researcher, judge=judge, now=timezone.now())


def test_any_researcher_of_the_evaluation_lets_a_judge_go_on(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], going=True)
    answer_tasks(evaluation, "t0")
    admit_pairs(evaluation=evaluation)
    judge = make_model_judge(cast.researcher, evaluation, replies={})
    evaluation.bucket.members.add(cast.outsider)
    answer_tasks(evaluation, "t1")
    admit_pairs(evaluation=evaluation)
    assert judge_rest(actor=cast.outsider, judge=judge, now=timezone.now()) == 1


def test_a_researcher_who_judges_sees_no_run_of_a_judge(cast: Cast, evaluation: Evaluation) -> None:
    evaluation.bucket.members.add(cast.outsider)
    change_assessors(actor=cast.researcher, evaluation=evaluation, assessors=[cast.assessor, cast.outsider])
    judge = make_model_judge(cast.researcher, evaluation, replies=REPLIES)
    runs = Run.objects.filter(judge_run__judge=judge)
    assert (runs.visible_to(cast.researcher).count(), runs.visible_to(cast.outsider).count()) == (1, 0)


def test_a_reply_that_came_while_its_run_was_cancelled_is_not_asked_for_again(
    cast: Cast, evaluation: Evaluation, judged: AutomaticJudge
) -> None:
    run = judged.judge_runs.get().run
    cancel_run(actor=cast.researcher, run=run)
    late = run.answers.get(task__key__startswith="t3/", task__key__endswith=B_FIRST)
    Answer.objects.filter(pk=late.pk).update(state=AnswerState.DONE, text=FIRST, finished_at=timezone.now())
    assert unasked(judged) == {}


def test_a_comparison_that_leaves_the_evaluation_leaves_the_judge_too(
    cast: Cast, evaluation: Evaluation, judged: AutomaticJudge
) -> None:
    hits = LeakHit.objects.all()
    decide_leaks(actor=cast.researcher, evaluation=evaluation, hits=hits, choice=Decision.EXCLUDE, now=timezone.now())
    assert [row.task_key for row in judge_verdicts(evaluation, judged)] == ["t1"]
    assert (coverage(judged).comparisons, coverage(judged).judged, judge_figures(judged).judged) == (3, 1, 1)


def test_the_reference_judge_compares_marks(cast: Cast, evaluation: Evaluation) -> None:
    accept_leaks(cast, evaluation)
    for key, references in {"t1": ["amber t1"], "t2": ["Birch t2"], "t3": ["neither"]}.items():
        evaluation.bucket.tasks.filter(key=key).update(references=references)
    judge = start_reference_judge(
        actor=cast.researcher, evaluation=evaluation, protocol="exact_match@1", margin=0.0, now=timezone.now()
    )
    assert [(row.task_key, row.preference) for row in judge_verdicts(evaluation, judge)] == [
        ("t1", 1.0),
        ("t2", -1.0),
        ("t3", 0.0),
    ]
    counts = coverage(judge)
    assert (counts.judged, counts.unusable, counts.unasked) == (3, 1, 0)
    with pytest.raises(JudgeRefused, match="already"):
        start_reference_judge(
            actor=cast.researcher, evaluation=evaluation, protocol="exact_match@1", margin=0.0, now=timezone.now()
        )


def test_a_reference_judge_needs_references(cast: Cast, evaluation: Evaluation) -> None:
    with pytest.raises(JudgeRefused, match="reference answers"):
        start_reference_judge(
            actor=cast.researcher, evaluation=evaluation, protocol="exact_match@1", margin=0.0, now=timezone.now()
        )
    assert not evaluation.automatic_judges.exists()


def test_a_reference_judge_goes_on_past_tasks_without_references(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], going=True)
    evaluation.bucket.tasks.filter(key="t0").update(references=["amber t0"])
    answer_tasks(evaluation, "t0")
    admit_pairs(evaluation=evaluation)
    judge = start_reference_judge(
        actor=cast.researcher, evaluation=evaluation, protocol="exact_match@1", margin=0.0, now=timezone.now()
    )
    answer_tasks(evaluation, "t1")
    admit_pairs(evaluation=evaluation)
    assert judge_rest(actor=cast.researcher, judge=judge, now=timezone.now()) == 1
    assert (coverage(judge).unusable, coverage(judge).unasked) == (1, 0)
