"""Gold, controls and re-tests between the comparisons: made for one person, counted nowhere else."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain import policies
from apps.assessment.domain.policies import Policy
from apps.assessment.models import Assignment, AssignmentState, Check, CheckKind, Comparison, Evaluation
from apps.assessment.queries import (
    evaluation_progress,
    judging_sheet,
    judgment_table,
    my_evaluations,
    pair_counts,
)
from apps.assessment.queries.gold import gold_stock
from apps.assessment.queries.standing import why_no_work
from apps.assessment.services import checking, claim_comparison, free_lease, skip_comparison
from apps.assessment.services.standing import choose_languages
from apps.assessment.tests.makers import answer_tasks, make_evaluation, make_judgment
from conftest import Cast

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TAIL = "shows two red cars near a house, and the sign says “OPEN”; there is one more dog in the left corner of it."
MIXED = Policy(gold_percent=20, control_percent=15, retest_percent=15)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The draw, which depends on keys of rows, is replaced: three checks among every eight."""

    def in_turn(nth: int, **_: object) -> str | None:
        return {1: "gold", 3: "control", 6: "retest"}.get(nth % 8)

    for module in (policies, checking):
        monkeypatch.setattr(module, "check_due", in_turn)


def test_checks_are_mixed_in_look_like_the_rest_and_count_nowhere(cast: Cast) -> None:
    """One walk through everything one person is given; the number left that they see goes down by one each time."""
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=18, overlap=1, policy=MIXED, tail=TAIL
    )
    seen = [left(cast.assessor)]
    while claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW + timedelta(minutes=len(seen))):
        make_judgment(evaluation, assessor=cast.assessor, verdict="b", now=NOW + timedelta(minutes=len(seen)))
        seen.append(left(cast.assessor))
    checks = Counter(Check.objects.values_list("kind", flat=True))
    assert min(checks[kind] for kind in ("gold", "control", "retest")) >= 1
    assert len(seen) - 1 == 18 + checks.total()
    # A re-test can be due before there is anything to show again; then a comparison of the evaluation comes instead.
    assert sum(one - other != 1 for one, other in pairwise(seen)) <= 2
    assert seen[-1] == 0
    nothing_counts(evaluation, comparisons=18)
    gold_is_damaged()
    retests_are_swapped()
    the_database_counts_places(evaluation)


def left(person: User) -> int:
    return my_evaluations(person, now=NOW, midnight=NOW)[0].left


def nothing_counts(evaluation: Evaluation, comparisons: int) -> None:
    progress = evaluation_progress(evaluation)
    assert (progress.places, progress.done, progress.complete, progress.is_complete) == (*[comparisons] * 3, True)
    assert pair_counts(evaluation).released == comparisons
    rows = judgment_table(evaluation)
    assert len(rows) == len({row.task_key for row in rows}) == comparisons


def gold_is_damaged() -> None:
    for place in Assignment.objects.filter(comparison__check_of__kind=CheckKind.GOLD):
        shown = judging_sheet(place).answers
        assert shown[0] != shown[1]
        good, gold = place.comparison.answer_a.text or "", place.comparison.check_of.gold
        assert gold is not None
        assert good[:8] in (shown[0] if place.a_on_left else shown[1])
        assert gold.text != good
    for place in Assignment.objects.filter(comparison__check_of__kind=CheckKind.CONTROL):
        assert len(set(judging_sheet(place).answers)) == 1


def retests_are_swapped() -> None:
    for check in Check.objects.filter(kind=CheckKind.RETEST).select_related("comparison", "retest_of__assignment"):
        place, before = check.comparison.assignments.get(), check.retest_of
        assert before is not None
        assert place.shown_at is not None
        assert before.assessor_id == place.assessor_id == check.assessor_id
        assert place.a_on_left != before.a_on_left
        assert judging_sheet(place).answers == judging_sheet(before.assignment).answers[::-1]
        assert place.shown_at - before.judged_at >= timedelta(minutes=10)


def the_database_counts_places(evaluation: Evaluation) -> None:
    other = make_user("other@example.org")
    held = {"state": AssignmentState.LEASED, "assessor": other}
    for of_check in (True, False):
        comparison = Comparison.objects.filter(is_check=of_check)[0]
        more = {"evaluation": evaluation, "comparison": comparison, "order_key": 1, "a_on_left": True, "replica": 7}
        for is_check in (True, False):
            with pytest.raises(DatabaseError, match="place refused"), transaction.atomic():
                Assignment.objects.create(**more, **held, is_check=is_check)


def test_a_check_that_is_skipped_or_taken_back_goes_to_nobody(cast: Cast) -> None:
    other = make_user("other@example.org")
    policy = Policy(gold_percent=50)
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor, other], overlap=2, tasks=8, policy=policy, tail=TAIL
    )
    withdrawn = 0
    while withdrawn < 2:
        place = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
        assert place is not None
        if not place.is_check:
            make_judgment(evaluation, assessor=cast.assessor)
            continue
        if withdrawn:
            free_lease(actor=cast.researcher, assignment=place)
        else:
            skip_comparison(
                assessor=cast.assessor, assignment_id=place.public_id, lease=place.lease, reason="other", now=NOW
            )
        withdrawn += 1
    checks = Assignment.objects.filter(is_check=True)
    assert set(checks.values_list("state", "assessor")) == {(AssignmentState.WITHDRAWN, cast.assessor.pk)}
    for _ in range(4):
        make_judgment(evaluation, assessor=other)
    assert not checks.filter(assessor=other, comparison__check_of__assessor=cast.assessor).exists()


def test_a_pair_with_a_task_that_came_in_a_check_comes_last(cast: Cast) -> None:
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=12, overlap=1, policy=Policy(gold_percent=40), tail=TAIL
    )
    places = evaluation.assignments.filter(is_check=False)
    checked, late = set[int](), dict[int, bool]()
    while place := claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW):
        if place.is_check:
            checked.add(place.comparison.task_id)
        else:
            tasks = places.filter(order_key=place.order_key).values_list("comparison__task", flat=True)
            late.setdefault(place.order_key, not checked.isdisjoint(tasks))
        make_judgment(evaluation, assessor=cast.assessor, now=NOW)
    assert len(late) == 6
    # What follows the first of them was met in a check too: nothing fresh was left.
    assert list(late.values()) == sorted(late.values())
    assert True in late.values()


def test_checks_are_in_ones_own_languages(cast: Cast) -> None:
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=16, overlap=1, policy=MIXED, tail=TAIL
    )
    choose_languages(actor=cast.assessor, tags=["ru"])
    while claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW):
        make_judgment(evaluation, assessor=cast.assessor, now=NOW)
    languages = Check.objects.values_list("kind", "comparison__task__language")
    assert {kind for kind, _ in languages} >= {"gold", "control"}
    assert {language for _, language in languages} == {"ru"}


def test_answers_too_short_for_gold_still_make_controls(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=8, overlap=1, policy=MIXED)
    assert not evaluation.gold.exists()
    while claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW):
        make_judgment(evaluation, assessor=cast.assessor, now=NOW)
    [control] = Check.objects.all()
    assert control.kind == CheckKind.CONTROL
    assert len(set(judging_sheet(control.comparison.assignments.get()).answers)) == 1


def test_training_without_gold_is_told_to_both_and_goes_on_when_gold_comes(cast: Cast) -> None:
    policy = Policy(training_size=1, exam_size=1)
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=4, overlap=1, policy=policy, tail=TAIL, going=True
    )
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
    assert why_no_work(cast.assessor, evaluation, NOW) == "unprepared"
    assert gold_stock(evaluation, 4).waiting == 1
    answer_tasks(evaluation, "t0", "t1", text=f"Birch {TAIL}")
    for kind in (CheckKind.TRAINING, CheckKind.EXAM):
        judgment = make_judgment(evaluation, assessor=cast.assessor, verdict="a")
        assert judgment.assignment.comparison.check_of.kind == kind
    assert gold_stock(evaluation, 4).waiting == 0
    assert not make_judgment(evaluation, assessor=cast.assessor).assignment.is_check
