"""What an assessor may still change, and what assessors want a researcher to look at."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.assessment.domain.verdicts import verdict_shown
from apps.assessment.models import Evaluation, Judgment

AT_MOST = 1000  # more than anybody judges in a day
ASKED_AT_MOST = 160  # characters of an instruction


@dataclass(frozen=True)
class Said:
    """A current judgment in its assessor's terms: `verdict` is one of `domain.verdicts.SHOWN`."""

    public_id: UUID
    judged_at: datetime
    verdict: str
    is_changed: bool
    flagged: bool
    language: str
    instruction: str


def last_said(assessor: User, evaluation: Evaluation, since: datetime) -> list[Said]:
    """The person's current judgments, the last first, at most `AT_MOST`; one query."""
    mine = Judgment.objects.filter(assessor=assessor, assignment__evaluation=evaluation, judged_at__gte=since)
    rows = mine.current().select_related("assignment__comparison__task").order_by("-judged_at", "-pk")
    return [said_of(judgment) for judgment in rows[:AT_MOST]]


def said_of(judgment: Judgment) -> Said:
    task = judgment.assignment.comparison.task
    return Said(
        public_id=judgment.public_id,
        judged_at=judgment.judged_at,
        verdict=verdict_shown(judgment.verdict, a_on_left=judgment.a_on_left),
        is_changed=judgment.supersedes_id is not None,
        flagged=judgment.flagged,
        language=task.language,
        instruction=task.instruction[:ASKED_AT_MOST],
    )


def flagged_judgments(evaluation: Evaluation) -> QuerySet[Judgment]:
    """Current judgments whose assessor asked the researcher to look, the last first."""
    mine = Judgment.objects.filter(assignment__evaluation=evaluation, flagged=True).current()
    return mine.select_related("assessor", "assignment__comparison__task").order_by("-judged_at", "-pk")
