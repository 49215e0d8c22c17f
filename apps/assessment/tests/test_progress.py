from datetime import UTC, datetime, timedelta
from uuid import uuid4

from apps.accounts.tests.makers import make_user
from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.queries import assessor_rows
from apps.assessment.services import change_assessors, claim_comparison, correct_judgment, skip_comparison
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.assessment.tests.pages import RATINGS
from conftest import Cast

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_what_each_assessor_did_is_counted_here_alone_and_once(cast: Cast) -> None:
    other = make_user("other@example.org")
    here, elsewhere = (make_evaluation(cast.researcher, assessors=[cast.assessor, other]) for _ in range(2))
    first, _ = (make_judgment(here, assessor=cast.assessor, now=NOW + timedelta(minutes=n)) for n in range(2))
    make_judgment(elsewhere, assessor=cast.assessor, now=NOW)
    tie = JudgmentInput(verdict="tie", ratings=RATINGS, comment="")
    later = NOW + timedelta(hours=1)
    correct_judgment(assessor=cast.assessor, judgment_id=first.public_id, submission_id=uuid4(), form=tie, now=later)
    place = claim_comparison(assessor=cast.assessor, evaluation=here, now=later)
    assert place is not None
    skip_comparison(assessor=cast.assessor, assignment_id=place.public_id, lease=place.lease, reason="other", now=later)
    change_assessors(actor=cast.researcher, evaluation=here, assessors=[other])
    rows = [(row, row.done, row.median_seconds, row.skipped, row.last_at) for row in assessor_rows(here)]  # type: ignore[attr-defined]
    assert rows == [(cast.assessor, 2, 0.0, 1, later), (other, 0, None, 0, None)]


def test_people_are_never_joined_with_all_judgments_and_skips(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    assert list(assessor_rows(evaluation).query.alias_map) == ["accounts_user"]
