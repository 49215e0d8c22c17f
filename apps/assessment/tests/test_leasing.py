from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.accounts.tests.makers import make_user
from apps.assessment.domain.refusals import AlreadyJudged, LateSubmit, NotAssessor, NotYours
from apps.assessment.models import Assignment, AssignmentState, Skip
from apps.assessment.queries import my_evaluations
from apps.assessment.services import (
    change_assessors,
    claim_comparison,
    close_evaluation,
    free_lease,
    renew_lease,
    reopen_evaluation,
    reserve_next,
    skip_comparison,
)
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.audit.models import AuditEvent
from conftest import Cast

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_a_heartbeat_extends_what_one_holds_and_refuses_strangers(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    place = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert place is not None
    reserve_next(assessor=cast.assessor, evaluation=evaluation, beside=place, now=NOW)
    later = NOW + timedelta(minutes=10)
    beat: dict[str, Any] = {"assignment_id": place.public_id, "lease": place.lease, "now": later}
    assert renew_lease(assessor=cast.assessor, **beat) == later + timedelta(minutes=30)
    ends = Assignment.objects.filter(state=AssignmentState.LEASED).values_list("lease_until", flat=True)
    assert list(ends) == [later + timedelta(minutes=30)] * 2
    with pytest.raises(NotAssessor):
        renew_lease(assessor=cast.outsider, **beat)
    with pytest.raises(NotYours):
        renew_lease(assessor=cast.assessor, **beat | {"assignment_id": uuid4()})


def test_a_skipped_comparison_goes_to_others_and_never_comes_back(cast: Cast) -> None:
    other = make_user("other@example.org")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor, other], tasks=1, overlap=1)
    place = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert place is not None
    for _ in range(2):  # a repeated submit
        skip_comparison(
            assessor=cast.assessor, assignment_id=place.public_id, lease=place.lease, reason="language", now=NOW
        )
    assert Skip.objects.get().reason == "language"
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
    assert my_evaluations(cast.assessor, now=NOW, midnight=NOW)[0].left == 0
    assert make_judgment(evaluation, assessor=other).assignment == place


def test_a_researcher_takes_a_lease_back(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    place = claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    assert place is not None
    free_lease(actor=cast.researcher, assignment=place)
    with pytest.raises(LateSubmit):
        renew_lease(assessor=cast.assessor, assignment_id=place.public_id, lease=place.lease, now=NOW)
    judged = make_judgment(evaluation, assessor=cast.assessor).assignment
    with pytest.raises(AlreadyJudged):
        free_lease(actor=cast.researcher, assignment=judged)
    assert AuditEvent.objects.filter(verb="lease.freed").count() == 1


def test_assessors_taken_out_lose_their_leases_and_keep_their_judgments(cast: Cast) -> None:
    other = make_user("other@example.org")
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    make_judgment(evaluation, assessor=cast.assessor)
    claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW)
    change_assessors(actor=cast.researcher, evaluation=evaluation, assessors=[other])
    assert list(evaluation.assessors.all()) == [other]
    states = evaluation.assignments.filter(assessor=cast.assessor).values_list("state", flat=True)
    assert list(states) == [AssignmentState.DONE]


def test_closing_and_opening_again(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    close_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is None
    reopen_evaluation(actor=cast.researcher, evaluation=evaluation)
    assert claim_comparison(assessor=cast.assessor, evaluation=evaluation, now=NOW) is not None
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["evaluation.opened", "evaluation.closed", "evaluation.reopened"]
