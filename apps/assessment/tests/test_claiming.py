from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain.policies import FIXED, Policy
from apps.assessment.domain.refusals import NotAssessor
from apps.assessment.domain.sets import SETS
from apps.assessment.models import Evaluation
from apps.assessment.services import claim_comparison, close_evaluation, open_evaluation, reserve_next, skip_comparison
from apps.assessment.services.places import judged_lately
from apps.assessment.services.queue import seen_by
from apps.assessment.tests.makers import make_evaluation, make_judgment
from conftest import Cast

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHECKED = Policy(gold_percent=20, control_percent=10)
TAIL = "shows two red cars near a house, and the sign says “OPEN”; there is one more dog in the left corner of it."


def test_a_reload_gets_the_comparison_one_holds(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    first = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    again = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW + timedelta(minutes=5))
    assert first is not None
    assert again is not None
    assert (again.pk, again.lease, again.shown_at) == (first.pk, first.lease, NOW)
    assert again.lease_until == NOW + timedelta(minutes=35)


def test_one_judges_each_comparison_once_and_then_is_done(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3, overlap=2)
    judged = {make_judgment(evaluation, assessor=cast.assessor).assignment.comparison_id for _ in range(3)}
    assert len(judged) == 3
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None


@pytest.mark.parametrize(
    ("people", "tasks", "overlap", "policy"), [(2, 7, 2, FIXED), (4, 6, 2, CHECKED), (4, 5, 3, FIXED)]
)
def test_sides_are_exact_by_comparison_and_by_assessor_to_the_end(
    cast: Cast, people: int, tasks: int, overlap: int, policy: Policy
) -> None:
    team = [cast.assessor, *(make_user(f"p{number}@example.org") for number in range(1, people))]
    evaluation = make_evaluation(
        cast.researcher, assessors=team, tasks=tasks, overlap=overlap, policy=policy, tail=TAIL
    )
    chance, leans = Random(tasks), Counter[User]()
    sides: dict[int, list[bool]] = {}
    while at_work := [who for who in team if holds_two(who, evaluation)]:
        judgment = make_judgment(evaluation, assessor=(who := chance.choice(at_work)), now=NOW)
        if judgment.assignment.is_check:
            continue
        sides.setdefault(judgment.assignment.comparison_id, []).append(judgment.a_on_left)
        leans[who] += 1 if judgment.a_on_left else -1
        assert all(abs(lean) <= 1 for lean in leans.values())
    assert [len(shown) for shown in sides.values()] == [overlap] * tasks
    assert all(abs(2 * sum(shown) - overlap) <= overlap % 2 for shown in sides.values())


def holds_two(person: User, evaluation: Evaluation) -> bool:
    """As the page does: one comparison is shown, the next is held beside it."""
    shown = claim_comparison(assessor=person, evaluation=evaluation, now=NOW)
    if shown:
        reserve_next(assessor=person, evaluation=evaluation, beside=shown, now=NOW)
    return shown is not None


def test_after_a_skip_one_gets_the_side_that_one_is_owed_still(cast: Cast) -> None:
    team = [cast.assessor, *(make_user(f"p{number}@example.org") for number in range(7))]
    evaluation = make_evaluation(cast.researcher, assessors=team, tasks=40)
    for who in team:  # which side the one held after the skipped one is of is drawn for each of them
        said = make_judgment(evaluation, assessor=who, now=NOW)
        shown = claim_comparison(assessor=who, evaluation=evaluation, now=NOW)
        assert shown is not None
        assert reserve_next(assessor=who, evaluation=evaluation, beside=shown, now=NOW) is not None
        skip_comparison(assessor=who, assignment_id=shown.public_id, lease=shown.lease, reason="unclear", now=NOW)
        after = claim_comparison(assessor=who, evaluation=evaluation, now=NOW)
        assert after is not None
        assert after.a_on_left is not said.a_on_left


def test_the_other_half_of_a_pair_is_kept_while_a_check_comes_between(cast: Cast) -> None:
    other = make_user("other@example.org")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, other], tasks=2, overlap=1)
    make_judgment(evaluation, assessor=cast.assessor, now=NOW)
    evaluation.control_percent = 100
    check = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert check is not None
    assert check.is_check
    assert claim_comparison(assessor=other, evaluation=evaluation, now=NOW) is None
    gone = NOW + timedelta(minutes=31)
    assert claim_comparison(assessor=other, evaluation=evaluation, now=gone) is not None


def test_work_elsewhere_on_the_same_pairs_hides_no_half(cast: Cast) -> None:
    first = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=8, overlap=2)
    again = open_evaluation(
        actor=cast.researcher,
        name="Again",
        run_a=first.run_a,
        run_b=first.run_b,
        overlap=2,
        guidelines="",
        assessors=[cast.assessor],
        seed=7,
        criteria=SETS["comparative"],
        policy=FIXED,
    )
    for number in range(8):
        make_judgment(first, assessor=cast.assessor, now=NOW + timedelta(seconds=number))
    begun = make_judgment(again, assessor=cast.assessor, now=NOW + timedelta(seconds=9))
    assert seen_by(cast.assessor, again, judged_lately(cast.assessor)).pairs == [begun.assignment.order_key]


def test_who_all_judge_everything_begin_at_different_parts(cast: Cast) -> None:
    people = [cast.assessor, make_user("other@example.org")]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=20, overlap=2)
    judged = [{make_judgment(evaluation, assessor=who).assignment.comparison_id for _ in range(5)} for who in people]
    assert len(judged[0] & judged[1]) <= 1


def test_the_next_comparison_is_held_beside_and_its_clock_starts_when_shown(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    shown = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert shown is not None
    after = reserve_next(assessor=cast.assessor, evaluation=evaluation, beside=shown, now=NOW)
    again = reserve_next(assessor=cast.assessor, evaluation=evaluation, beside=shown, now=NOW)
    assert after is not None
    assert after == again
    assert after.comparison_id != shown.comparison_id
    assert after.shown_at is None
    later = NOW + timedelta(minutes=3)
    assert make_judgment(evaluation, assessor=cast.assessor, now=later).assignment == shown
    next_one = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=later)
    assert next_one == after
    assert next_one.shown_at == later


def test_a_lease_that_ran_out_goes_to_others_only_when_nothing_is_free(cast: Cast) -> None:
    other = make_user("other@example.org")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, other], tasks=4, overlap=1)
    held = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert held is not None
    for _ in range(2):
        assert make_judgment(evaluation, assessor=other, now=NOW).assignment.order_key != held.order_key
    kept_for_the_first = claim_comparison(assessor=other, evaluation=evaluation, now=NOW + timedelta(minutes=29))
    assert kept_for_the_first is None
    late = NOW + timedelta(minutes=31)
    free = make_judgment(evaluation, assessor=other, now=late).assignment
    assert (free.order_key, free.comparison_id) != (held.order_key, held.comparison_id)
    taken = claim_comparison(assessor=other, evaluation=evaluation, now=late)
    assert taken == held
    assert taken.lease == held.lease + 1


def test_strangers_are_refused_and_a_closed_evaluation_hands_out_nothing(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    with pytest.raises(NotAssessor):
        claim_comparison(assessor=cast.outsider, evaluation=evaluation, now=NOW)
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
