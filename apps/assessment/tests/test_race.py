"""64 people at once, on the real database: nobody gets what another has, nothing is judged twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain.policies import Policy
from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.models import Assignment, AssignmentState, Check, Evaluation, Judgment
from apps.assessment.services import claim_comparison, reserve_next, submit_judgment
from apps.assessment.tests.makers import make_evaluation

PEOPLE = 64
FORM = JudgmentInput(
    "left",  # the second of a comparison sees the other side, so the first two always disagree and a third is asked
    dict.fromkeys(["grammar", "readability", "comprehensiveness", "relevance", "errors", "hallucinations"], "same"),
)


MIXED = Policy(most_overlap=3, gold_percent=15, control_percent=5, retest_percent=10)
TAIL = "shows two red cars near a house, and the sign says “OPEN”; there is one more dog in the left corner of it."


@pytest.mark.django_db(transaction=True)
def test_64_people_judge_at_once_without_duplicates_or_too_many() -> None:
    people = [make_user(f"p{number}@example.org") for number in range(PEOPLE)]
    evaluation = make_evaluation(
        make_user("r@example.org", role="researcher"), assessors=people, tasks=24, policy=MIXED, tail=TAIL
    )
    at_once = min(PEOPLE, free_connections())
    barrier = Barrier(at_once)

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda part: work(part, evaluation, barrier), [people[n::at_once] for n in range(at_once)]))
    work(people, evaluation, Barrier(1))  # a third opened by the very last judgment finds people who had left already

    judged = Judgment.objects.compared().values_list("assignment__comparison_id", "assessor_id")
    assert len(judged) == 72 == len(set(judged))
    checks = Check.objects.values_list("comparison_id", "assessor_id")
    assert set(Assignment.objects.filter(is_check=True).values_list("comparison_id", "assessor_id")) == set(checks)
    assert len({comparison for comparison, _ in checks}) == len(checks) > 0
    assert set(Counter(comparison for comparison, _ in judged).values()) == {3}
    assert not Assignment.objects.exclude(state=AssignmentState.DONE).exists()


@pytest.mark.django_db(transaction=True)
def test_one_person_in_many_windows_holds_two_and_a_doubled_submit_counts_once() -> None:
    person = make_user("p@example.org")
    evaluation = make_evaluation(make_user("r@example.org", role="researcher"), assessors=[person], tasks=40, overlap=2)
    barrier, submission = Barrier(16), uuid4()

    def window(_: int) -> int:
        try:
            barrier.wait()
            place = claim_comparison(assessor=person, evaluation=evaluation, now=timezone.now())
            assert place is not None
            reserve_next(assessor=person, evaluation=evaluation, beside=place, now=timezone.now())
            barrier.wait()
            held = Assignment.objects.filter(assessor=person, state=AssignmentState.LEASED).count()
            barrier.wait()
            send(person, place, submission)
            return held
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(window, range(16))) == {2}
    assert Judgment.objects.count() == 1


def free_connections() -> int:
    """How many more the server takes; a server that others use too may have fewer than one for each person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int - count(*) - 8 FROM pg_stat_activity")
        return int(cursor.fetchone()[0])


def work(people: list[User], evaluation: Evaluation, barrier: Barrier) -> None:
    """As one person until nothing is left for them, then as the next, if this connection stands for several."""
    try:
        barrier.wait()
        for person in people:
            while place := claim_comparison(assessor=person, evaluation=evaluation, now=timezone.now()):
                send(person, place, uuid4())
    finally:
        connections.close_all()


def send(person: User, place: Assignment, submission: object) -> None:
    submit_judgment(
        assessor=person,
        assignment_id=place.public_id,
        lease=place.lease,
        submission_id=submission,  # type: ignore[arg-type]
        form=FORM,
        now=timezone.now(),
    )
