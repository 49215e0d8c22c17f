"""Numbers of a report lead to the comparisons behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.assessment.domain.marks import MarkInput
from apps.assessment.domain.verdicts import JudgmentInput, verdict_shown
from apps.assessment.services import claim_comparison, submit_judgment
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.reports.behind import comparisons_behind
from apps.reports.services import freeze_report

if TYPE_CHECKING:
    from django.test import Client

    from apps.accounts.models import User
    from apps.assessment.models import Evaluation
    from conftest import Cast

pytestmark = pytest.mark.slow


def mark_a(evaluation: Evaluation, assessor: User) -> None:
    """The assessor's next comparison: A is preferred, though it invents something."""
    now = timezone.now()
    place = claim_comparison(assessor=assessor, evaluation=evaluation, now=now)
    assert place is not None
    mark = MarkInput(1 if place.a_on_left else 2, "object", "major")
    form = JudgmentInput(
        verdict=verdict_shown("a", a_on_left=place.a_on_left),
        ratings=dict.fromkeys(("grammar", "readability", "comprehensiveness", "relevance"), "same"),
        faults=("marked", "none") if place.a_on_left else ("none", "marked"),
        marks=(mark,),
        contradiction_kept=True,
    )
    submit_judgment(
        assessor=assessor,
        assignment_id=place.public_id,
        lease=place.lease,
        submission_id=uuid4(),
        form=form,
        now=now,
    )


def test_cells_of_the_tables_lead_to_their_comparisons(cast: Cast, client: Client) -> None:
    other = make_user("other@example.org")
    evaluation = make_evaluation(
        cast.researcher, assessors=[cast.assessor, other], tasks=3, overlap=1, criteria="standard"
    )
    mark_a(evaluation, cast.assessor)
    make_judgment(evaluation, assessor=cast.assessor, verdict="b")
    make_judgment(evaluation, assessor=other, verdict="a")
    report = freeze_report(actor=cast.researcher, evaluation=evaluation)

    def behind(**cell: str) -> int:
        return comparisons_behind(report, cell).count()

    assert (behind(), behind(verdict="a"), behind(verdict="b")) == (3, 2, 1)
    assert behind(assessor=str(cast.assessor.public_id)) == 2
    assert behind(assessor=str(other.public_id), verdict="b") == 0
    sides = [behind(criterion="hallucinations", prefers=side) for side in ("a", "same", "b")]
    assert sides == [0, 2, 1]
    found = {
        marked: behind(criterion="hallucinations", marked=marked) for marked in ("both", "a_only", "b_only", "neither")
    }
    assert found == {"both": 0, "a_only": 1, "b_only": 0, "neither": 2}
    client.force_login(cast.researcher)
    cell = {"criterion": "hallucinations", "marked": "neither", "assessor": str(other.public_id)}
    page = client.get(reverse("reports:comparisons", args=[report.public_id]), cell).content.decode()
    assert "Neither marked</li>" in page
    assert "Hallucinations: A 0, B 0</span>" in page
    assert "1 comparison, as judged" in page
    report.created_at = evaluation.created_at
    assert behind() == 0
    evaluation.imported_from = "csv"  # its file may date them in the future
    assert behind() == 3
