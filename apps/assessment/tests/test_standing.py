"""Rules and researchers stop assessors; a ban has others judge again; doubt adds judgments."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain.policies import Policy
from apps.assessment.domain.rules import Rule
from apps.assessment.domain.verdicts import JudgmentInput, verdict_shown
from apps.assessment.models import Assignment, AssignmentState, Evaluation, Judgment, Message, Standing, StandingState
from apps.assessment.queries import evaluation_progress, judgment_table
from apps.assessment.queries.standing import why_no_work
from apps.assessment.services import claim_comparison, correct_judgment, skip_comparison
from apps.assessment.services.standing import change_standing, choose_languages
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.assessment.tests.pages import RATINGS
from apps.assessment.tests.racing import claim_under_way
from apps.audit.models import AuditEvent
from conftest import Cast

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TAIL = "shows two red cars near a house, and the sign says “OPEN”; there is one more dog in the left corner of it."


def judge(evaluation: Evaluation, person: User, *verdicts: str) -> list[Judgment]:
    start = Judgment.objects.count()
    return [
        make_judgment(evaluation, assessor=person, verdict=verdict, now=NOW + timedelta(minutes=start + number))
        for number, verdict in enumerate(verdicts)
    ]


def stand(cast: Cast, evaluation: Evaluation, person: User, state: StandingState) -> None:
    later = NOW + timedelta(hours=5)
    change_standing(
        actor=cast.researcher, evaluation=evaluation, assessor=person, state=state, reason="seen", now=later
    )


def test_a_ban_leaves_judgments_out_and_opens_their_places_again(cast: Cast) -> None:
    others = [make_user(f"o{number}@example.org") for number in range(2)]
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, *others], tasks=3, overlap=2)
    judge(evaluation, cast.assessor, "b", "b", "b")
    judge(evaluation, others[0], "a")
    sides = dict(Assignment.objects.filter(state=AssignmentState.DONE).values_list("pk", "a_on_left"))
    stand(cast, evaluation, cast.assessor, StandingState.BANNED)
    assert [row.verdict for row in judgment_table(evaluation)] == ["a"]
    assert Judgment.objects.count() == 4
    progress = evaluation_progress(evaluation)
    assert (progress.places, progress.done, progress.free) == (6, 1, 5)
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
    judge(evaluation, others[0], "a", "a")
    judge(evaluation, others[1], "a", "a", "a")
    assert evaluation_progress(evaluation).is_complete
    for comparison in evaluation.comparisons.all():
        live = comparison.assignments.compared()
        assert sorted(live.values_list("a_on_left", flat=True)) == [False, True]
    event = AuditEvent.objects.get(verb="assessor.standing_changed")
    assert (event.facts["state"], event.facts["judged_again"]) == ("banned", 3)
    assert len(sides) == 4


def test_who_works_again_is_given_work_and_does_not_get_the_same_comparisons(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3, overlap=1)
    [first] = judge(evaluation, cast.assessor, "a")
    claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    stand(cast, evaluation, cast.assessor, StandingState.BANNED)
    assert why_no_work(cast.assessor, evaluation, NOW) == "banned"
    assert not Assignment.objects.filter(state=AssignmentState.LEASED).exists()
    stand(cast, evaluation, cast.assessor, StandingState.WORKING)
    again = judge(evaluation, cast.assessor, "a", "a")
    assert first.assignment.comparison_id not in {item.assignment.comparison_id for item in again}
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None


def test_rules_warn_then_pause_and_forgive(cast: Cast) -> None:
    rules = (Rule("ties", 2, 0, "warn"), Rule("ties", 4, 0, "pause"))
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=12, overlap=1, policy=Policy(rules=rules)
    )
    judge(evaluation, cast.assessor, "tie", "tie", "tie")
    assert Message.objects.get().sender is None
    assert not Standing.objects.exists()
    judge(evaluation, cast.assessor, "both_bad")
    assert Standing.objects.get().state == StandingState.PAUSED
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
    assert len(judgment_table(evaluation)) == 4
    stand(cast, evaluation, cast.assessor, StandingState.WORKING)
    make_judgment(evaluation, assessor=cast.assessor, verdict="tie", now=NOW + timedelta(hours=6))
    assert Standing.objects.get().state == StandingState.WORKING


def test_a_coin_flipper_is_paused_by_gold_and_skips_in_a_row_are_seen(cast: Cast) -> None:
    rules = (Rule("gold", 3, 60, "ban"), Rule("skips", 2, 0, "warn"))
    evaluation = make_evaluation(
        cast.researcher,
        assessors=[cast.assessor],
        tasks=20,
        overlap=1,
        policy=Policy(gold_percent=50, rules=rules),
        tail=TAIL,
    )
    for number in range(2):
        place = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
        assert place is not None
        skip_comparison(
            assessor=cast.assessor,
            assignment_id=place.public_id,
            lease=place.lease,
            reason="other",
            now=NOW + timedelta(seconds=number),
        )
    assert "skipped" in Message.objects.get().text
    given = 0
    while claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW):
        judge(evaluation, cast.assessor, "b_much")
        given += 1
    assert Standing.objects.get().state == StandingState.BANNED
    assert given < 20
    assert judgment_table(evaluation) == []


def test_doubt_adds_places_on_the_other_side_that_stay_out_of_rates(cast: Cast) -> None:
    people = [make_user(f"p{number}@example.org") for number in range(4)]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=1, overlap=2, policy=Policy(most_overlap=4))
    said = {"a": 2, "b": 3, "tie": 4, "both_bad": 4}  # places after each
    for person, (verdict, places) in zip(people, said.items(), strict=True):
        judge(evaluation, person, verdict)
        assert evaluation.assignments.count() == places
    assert [row.verdict for row in judgment_table(evaluation)] == ["a", "b"]
    extra = evaluation.assignments.order_by("replica").values_list("is_extra", "a_on_left")
    assert [is_extra for is_extra, _ in extra] == [False, False, True, True]
    assert sum(left for _, left in extra) == 2


def test_a_change_of_mind_that_leaves_doubt_adds_a_place(cast: Cast) -> None:
    people = [make_user(f"p{number}@example.org") for number in range(2)]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=1, overlap=2, policy=Policy(most_overlap=3))
    [judgment], _ = (judge(evaluation, person, "a") for person in people)
    for verdict, places in (("a_much", 2), ("b", 3), ("a", 3), ("b", 3)):
        side = verdict_shown(verdict, a_on_left=judgment.a_on_left)
        said = JudgmentInput(verdict=side, ratings=RATINGS, comment="")
        judgment = correct_judgment(
            assessor=people[0], judgment_id=judgment.public_id, submission_id=uuid4(), form=said, now=NOW
        )
        assert evaluation.assignments.count() == places


def test_agreement_adds_nothing(cast: Cast) -> None:
    people = [make_user(f"p{number}@example.org") for number in range(3)]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=1, overlap=2, policy=Policy(most_overlap=5))
    judge(evaluation, people[0], "a")
    judge(evaluation, people[1], "a_much")
    assert claim_comparison(assessor=people[2], evaluation=evaluation, now=NOW) is None


def test_one_gets_only_tasks_in_ones_languages_and_at_most_as_many_a_day(cast: Cast) -> None:
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor], tasks=8, overlap=1, policy=Policy(daily_cap=3)
    )
    choose_languages(actor=cast.assessor, tags=["ru"])
    judged = judge(evaluation, cast.assessor, "a", "a", "a")
    assert {item.assignment.comparison.task.language for item in judged} == {"ru"}
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
    assert why_no_work(cast.assessor, evaluation, NOW) == "cap"
    tomorrow = NOW + timedelta(days=1)
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=tomorrow) is not None


@pytest.mark.django_db(transaction=True)
def test_a_ban_waits_for_a_claim_under_way_and_takes_it_back() -> None:
    person, researcher = make_user("p@example.org"), make_user("r@example.org", role="researcher")
    evaluation = make_evaluation(researcher, assessors=[person], tasks=2, overlap=1)
    with claim_under_way(person, evaluation, NOW):
        change_standing(
            actor=researcher, evaluation=evaluation, assessor=person, state=StandingState.BANNED, reason="", now=NOW
        )
    assert not Assignment.objects.filter(state=AssignmentState.LEASED).exists()
