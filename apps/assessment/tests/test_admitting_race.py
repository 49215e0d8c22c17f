"""Two at once, on the real database: a pair is taken in once, and a mask never changes under a claim."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from django.db import connections, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.assessment.models import Assignment, Decision, Evaluation, LeakHit
from apps.assessment.services import Decided, admit_pairs, decide_leaks
from apps.assessment.tests.makers import answer_tasks, make_evaluation
from apps.assessment.tests.racing import claim_under_way

pytestmark = pytest.mark.slow


@pytest.fixture
def evaluation(transactional_db: None) -> Evaluation:
    people = [make_user("a@example.org"), make_user("r@example.org", role="researcher")]
    says = {"t0": "I am Qwen."}
    return make_evaluation(people[1], assessors=people[:1], tasks=20, overlap=1, going=True, says=says)


def test_sweeps_at_once_take_each_pair_in_once(evaluation: Evaluation) -> None:
    answer_tasks(evaluation, *(f"t{number}" for number in range(20)))
    barrier = Barrier(4)

    def sweep(_: int) -> int:
        try:
            barrier.wait()
            return admit_pairs(evaluation=evaluation)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sweep, range(4))) == [0, 0, 0, 20]
    lefts = Assignment.objects.filter(a_on_left=True).count()
    assert (Assignment.objects.count(), evaluation.comparisons.count()) == (19, 20)
    assert lefts in (9, 10)


def test_a_place_being_made_keeps_its_comparison_released(evaluation: Evaluation) -> None:
    answer_tasks(evaluation, "t0")
    admit_pairs(evaluation=evaluation)
    comparison = evaluation.comparisons.get()
    evaluation.comparisons.update(state="released")
    made = Event()

    def make_place_slowly() -> None:
        try:
            with transaction.atomic():
                comparison.assignments.create(evaluation=evaluation, replica=0, order_key=0, a_on_left=True)
                made.set()
                sleep(0.3)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(make_place_slowly)
        assert made.wait(5)
        with pytest.raises(IntegrityError, match="has places"):
            evaluation.comparisons.update(state="held")
        making.result()


def test_a_decision_waits_for_a_claim_under_way_and_then_comes_too_late(evaluation: Evaluation) -> None:
    answer_tasks(evaluation, "t0")
    admit_pairs(evaluation=evaluation)
    researcher, assessor = evaluation.created_by, evaluation.assessors.get()
    hits, now = LeakHit.objects.all(), timezone.now()
    decide_leaks(actor=researcher, evaluation=evaluation, hits=hits, choice=Decision.MASK, now=now)
    with claim_under_way(assessor, evaluation, now):
        done = decide_leaks(actor=researcher, evaluation=evaluation, hits=hits, choice=Decision.ACCEPT, now=now)
    assert done == Decided(hits=0, too_late=1)
