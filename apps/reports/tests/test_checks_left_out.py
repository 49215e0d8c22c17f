"""What tests assessors, and what was withdrawn or asked out of doubt, is in no number of a report."""

import pytest
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.assessment.domain.policies import Policy
from apps.assessment.models import Check, Judgment, StandingState
from apps.assessment.services import checking, claim_comparison
from apps.assessment.services.standing import change_standing
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.reports.services import freeze_report
from conftest import Cast

pytestmark = pytest.mark.slow

TAIL = "shows two red cars near a house, and the sign says “OPEN”; there is one more dog in the left corner of it."


def test_reports_leave_out_checks_what_is_withdrawn_and_what_was_asked_out_of_doubt(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "check_due", lambda nth, **_: "gold" if nth % 2 else None)
    people = [make_user(f"p{number}@example.org") for number in range(3)]
    policy = Policy(gold_percent=50, most_overlap=3)
    evaluation = make_evaluation(cast.researcher, assessors=people, tasks=2, overlap=2, policy=policy, tail=TAIL)
    for person, verdict in zip(people, ("a", "b", "b"), strict=True):
        while claim_comparison(assessor=person, evaluation=evaluation, now=timezone.now()):
            make_judgment(evaluation, assessor=person, verdict=verdict)
    assert Check.objects.exists()
    assert Judgment.objects.compared().count() == 6
    report = freeze_report(actor=cast.researcher, evaluation=evaluation)
    facts, overall = report.content.facts, report.content.overall
    assert facts.leaks is not None
    assert (overall.judgments, facts.comparisons, facts.leaks.scanned) == (4, 2, 2)
    change_standing(
        actor=cast.researcher,
        evaluation=evaluation,
        assessor=people[0],
        state=StandingState.BANNED,
        reason="",
        now=timezone.now(),
    )
    assert freeze_report(actor=cast.researcher, evaluation=evaluation).content.overall.judgments == 2
