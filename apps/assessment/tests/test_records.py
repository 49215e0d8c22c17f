"""What a judgment repeats for reports is what its place and its ratings say, and stays so."""

from importlib import import_module
from uuid import uuid4

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain.packing import Rated, pack_ratings, packed_layout
from apps.assessment.domain.policies import Policy
from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.models import Evaluation, Judgment, Rating, StandingState
from apps.assessment.services import correct_judgment
from apps.assessment.services.standing import change_standing
from apps.assessment.tests.makers import make_evaluation, make_judgment
from conftest import Cast

FILL = import_module("apps.assessment.migrations.0013_judgment_records").FILL
EMPTIED = "UPDATE assessment_judgment SET evaluation_id = 0, task_id = 0, is_aside = NOT is_aside, packed = ''"


def test_packed_ratings_are_read_as_they_were_said() -> None:
    criteria = [("grammar", "comparative"), ("relevance", "comparative"), ("errors", "marks"), ("style", "absolute")]
    said = {"grammar": Rated(-1), "errors": Rated(None, None, 300), "style": Rated(1, 5, 2)}
    (read,) = np.frombuffer(pack_ratings(criteria, said), dtype=packed_layout(criteria))
    assert read.tolist() == (1, 0, 0, -1, 300, 3, 5, 2)


def test_what_counts_is_the_same_with_joins_and_without(cast: Cast) -> None:
    people = [make_user(f"p{number}@example.org") for number in range(4)]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=1, policy=Policy(most_overlap=4))
    said = zip(people, "abab", strict=True)
    first, *_ = [make_judgment(evaluation, assessor=person, verdict=verdict) for person, verdict in said]
    assert counted(evaluation) == {"a": 1, "b": 1}  # those asked for because of doubt stay out
    correct(people[0], first, "tie")
    assert counted(evaluation) == {"tie": 1, "b": 1}
    change_standing(
        actor=cast.researcher,
        evaluation=evaluation,
        assessor=people[1],
        state=StandingState.BANNED,
        reason="seen",
        now=timezone.now(),
    )
    assert counted(evaluation) == {"tie": 1}


def counted(evaluation: Evaluation) -> dict[str, int]:
    """How often each verdict counts."""
    joined = Judgment.objects.filter(assignment__evaluation=evaluation).counted()
    assert set(Judgment.objects.counted_in(evaluation)) == set(joined)
    verdicts = [judgment.verdict for judgment in joined]
    return {verdict: verdicts.count(verdict) for verdict in verdicts}


def correct(assessor: User, judgment: Judgment, verdict: str) -> None:
    keys = judgment.assignment.evaluation.criteria.values_list("key", flat=True)
    correct_judgment(
        assessor=assessor,
        judgment_id=judgment.public_id,
        submission_id=uuid4(),
        form=JudgmentInput(verdict=verdict, ratings=dict.fromkeys(keys, "same")),
        now=timezone.now(),
    )


def test_the_database_refuses_what_would_make_records_wrong(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], criteria="standard")
    judgment = make_judgment(evaluation, assessor=cast.assessor, ratings={"grammar": 1})
    grammar = evaluation.criteria.get(key="grammar")
    other = make_judgment(make_evaluation(cast.researcher, assessors=[cast.assessor]), assessor=cast.assessor)
    again = Judgment.objects.create(
        assignment=judgment.assignment,
        assessor=cast.assessor,
        submission_id=uuid4(),
        supersedes=judgment,
        verdict="a",
        a_on_left=True,
        seconds=1,
        judged_at=timezone.now(),
        packed=judgment.packed,
    )
    for change, why in (
        (lambda: Rating.objects.create(judgment=other, criterion=grammar, preference=1), "others packed"),
        (lambda: Rating.objects.create(judgment=again, criterion=grammar, preference=0), "others packed"),
        (lambda: evaluation.criteria.filter(pk=grammar.pk).update(position=9), "is judged"),
        (lambda: evaluation.criteria.create(key="more", position=9), "is judged"),
        (lambda: evaluation.assignments.filter(pk=judgment.assignment_id).update(state="leased"), "never changed"),
        (lambda: evaluation.assignments.filter(pk=judgment.assignment_id).update(is_extra=True), "never changed"),
    ):
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            change()
    Rating.objects.create(judgment=again, criterion=grammar, preference=1)


def test_judgments_from_before_get_the_same_records(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=2, criteria="standard")
    make_judgment(evaluation, assessor=cast.assessor, ratings={"grammar": 1})
    make_judgment(evaluation, assessor=cast.assessor, ratings={"relevance": -1})
    records = [bytes(judgment.record) for judgment in Judgment.objects.order_by("pk")]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica;" + EMPTIED)
        cursor.execute("SET LOCAL session_replication_role = origin;" + FILL)
    assert [bytes(judgment.record) for judgment in Judgment.objects.order_by("pk")] == records
    assert len(set(records)) == 2
