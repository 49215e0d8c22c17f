from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain.refusals import NotAssessor
from apps.assessment.services import claim_comparison, close_evaluation, reserve_next
from apps.assessment.tests.makers import make_evaluation, make_judgment
from conftest import Cast

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


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


@pytest.mark.parametrize("seed", range(3))
def test_where_everybody_judges_everything_sides_are_exact_at_any_time(cast: Cast, seed: int) -> None:
    people = [cast.assessor, make_user("other@example.org")]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=7, overlap=2)
    sides: dict[int, set[bool]] = {}
    leans = Counter[User]()
    for person in Random(seed).sample(people * 7, 14):
        judgment = make_judgment(evaluation, assessor=person)
        sides.setdefault(judgment.assignment.comparison_id, set()).add(judgment.a_on_left)
        leans[person] += 1 if judgment.a_on_left else -1
        assert abs(leans[person]) <= 1
    assert list(sides.values()) == [{True, False}] * 7


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
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, other], tasks=2, overlap=1)
    held = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert held is not None
    assert make_judgment(evaluation, assessor=other, now=NOW).assignment != held
    assert claim_comparison(assessor=other, evaluation=evaluation, now=NOW + timedelta(minutes=29)) is None
    taken = claim_comparison(assessor=other, evaluation=evaluation, now=NOW + timedelta(minutes=31))
    assert taken == held
    assert taken.lease == held.lease + 1


def test_strangers_are_refused_and_a_closed_evaluation_hands_out_nothing(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    with pytest.raises(NotAssessor):
        claim_comparison(assessor=cast.outsider, evaluation=evaluation, now=NOW)
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
