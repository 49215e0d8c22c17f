from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.domain.refusals import (
    AlreadyCorrected,
    AlreadyJudged,
    EvaluationClosed,
    JudgmentInvalid,
    LateSubmit,
    NotAssessor,
    NotYours,
    TooOld,
)
from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.models import Assignment, Evaluation, Judgment, Rating
from apps.assessment.queries import judgment_table
from apps.assessment.services import change_assessors, claim_comparison, close_evaluation, correct_judgment
from apps.assessment.services import submit_judgment as submit
from apps.assessment.tests.makers import make_evaluation, make_judgment
from conftest import Cast

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
KEYS = ["grammar", "readability", "comprehensiveness", "relevance", "errors", "hallucinations"]
FORM = JudgmentInput(verdict="left", ratings=dict.fromkeys(KEYS, "right"), comment="Because.")


def test_a_judgment_is_stored_in_terms_of_the_pipelines(cast: Cast) -> None:
    evaluation, place = held(cast)
    judgment = submit(**said(cast.assessor, place))
    a_left = place.a_on_left
    assert judgment.verdict == ("a" if a_left else "b")
    assert judgment.seconds == 60
    (row,) = judgment_table(evaluation)
    assert row.ratings == dict.fromkeys(KEYS, -1 if a_left else 1)
    assert row.assessor_id == cast.assessor.public_id
    assert (row.a_on_left, row.simulated) == (a_left, False)


def test_a_repeated_submit_is_the_same_judgment_even_after_closing(cast: Cast) -> None:
    evaluation, place = held(cast)
    message = said(cast.assessor, place)
    first = submit(**message)
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    change_assessors(actor=cast.researcher, evaluation=evaluation, assessors=[])
    assert submit(**message) == first
    assert Judgment.objects.count() == 1
    assert Rating.objects.count() == 6
    with pytest.raises(NotYours):
        submit(**message | {"assessor": cast.outsider})


def test_a_second_submission_of_the_same_comparison_is_refused(cast: Cast) -> None:
    _, place = held(cast)
    submit(**said(cast.assessor, place))
    with pytest.raises(AlreadyJudged):
        submit(**said(cast.assessor, place))
    assert Judgment.objects.count() == 1


def test_only_the_holder_may_submit(cast: Cast) -> None:
    other = make_user("other@example.org")
    _, place = held(cast, others=[other])
    with pytest.raises(NotYours):
        submit(**said(other, place))
    with pytest.raises(NotAssessor):
        submit(**said(cast.outsider, place))
    with pytest.raises(NotYours):
        submit(**said(cast.assessor, place) | {"assignment_id": uuid4()})
    assert not Judgment.objects.exists()


def test_an_expired_lease_counts_until_somebody_else_was_given_the_place(cast: Cast) -> None:
    other = make_user("other@example.org")
    evaluation, place = held(cast, others=[other], tasks=2, overlap=1)
    late = NOW + timedelta(hours=2)
    make_judgment(evaluation, assessor=other, now=late)
    assert claim_comparison(assessor=other, evaluation=evaluation, now=late) == place
    with pytest.raises(LateSubmit):
        submit(**said(cast.assessor, place) | {"now": late})
    evaluation, place = held(cast)
    assert submit(**said(cast.assessor, place) | {"now": late}).seconds == 7200


def test_a_closed_evaluation_and_incomplete_forms_are_refused(cast: Cast) -> None:
    evaluation, place = held(cast)
    wrong = {
        "verdict": replace(FORM, verdict="a"),
        "errors": replace(FORM, ratings={key: "same" for key in KEYS if key != "errors"}),
        "charm": replace(FORM, ratings={**FORM.ratings, "charm": "left"}),
        "grammar": replace(FORM, ratings={**FORM.ratings, "grammar": "best"}),
    }
    for name, form in wrong.items():
        with pytest.raises(JudgmentInvalid) as refusal:
            submit(**said(cast.assessor, place) | {"form": form})
        assert refusal.value.fields == (name,)
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    with pytest.raises(EvaluationClosed):
        submit(**said(cast.assessor, place))
    assert not Judgment.objects.exists()


def test_a_correction_supersedes_and_history_stays(cast: Cast) -> None:
    evaluation, place = held(cast)
    first = submit(**said(cast.assessor, place))
    change: dict[str, Any] = {
        "submission_id": uuid4(),
        "form": replace(FORM, verdict="tie"),
        "now": NOW + timedelta(hours=1),
    }
    second = correct_judgment(assessor=cast.assessor, judgment_id=first.public_id, **change)
    assert correct_judgment(assessor=cast.assessor, judgment_id=first.public_id, **change) == second
    assert (second.supersedes, second.seconds) == (first, first.seconds)
    assert [row.verdict for row in judgment_table(evaluation)] == ["tie"]
    fresh = change | {"submission_id": uuid4()}
    with pytest.raises(AlreadyCorrected):
        correct_judgment(assessor=cast.assessor, judgment_id=first.public_id, **fresh)
    with pytest.raises(NotYours):
        correct_judgment(assessor=cast.outsider, judgment_id=second.public_id, **fresh)
    with pytest.raises(TooOld):
        correct_judgment(
            assessor=cast.assessor, judgment_id=second.public_id, **fresh | {"now": NOW + timedelta(days=2)}
        )


def test_judgments_and_ratings_never_change(cast: Cast) -> None:
    _, place = held(cast)
    judgment = submit(**said(cast.assessor, place))
    for change in (
        lambda: Judgment.objects.filter(pk=judgment.pk).update(verdict="tie"),
        lambda: Rating.objects.filter(judgment=judgment).update(preference=0),
        lambda: Rating.objects.filter(judgment=judgment).delete(),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()


def held(
    cast: Cast, *, others: list[User] | None = None, tasks: int = 4, overlap: int = 2
) -> tuple[Evaluation, Assignment]:
    people = [cast.assessor, *(others or [])]
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=tasks, overlap=overlap)
    place = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert place is not None
    return evaluation, place


def said(assessor: User, place: Assignment) -> dict[str, Any]:
    return {
        "assessor": assessor,
        "assignment_id": place.public_id,
        "lease": place.lease,
        "submission_id": uuid4(),
        "form": FORM,
        "now": NOW + timedelta(minutes=1),
    }
