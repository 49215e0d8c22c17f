"""What was worked, for whoever pays."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.assessment.models import Evaluation, Judgment


@dataclass(frozen=True)
class Paid:
    """What somebody did in one evaluation: comparisons of every kind, hours of work, from when to when."""

    person: User
    evaluation: UUID
    judged: int
    hours: float
    first_at: datetime
    last_at: datetime


def paid_work(evaluation: Evaluation, person: User | None = None) -> list[Paid]:
    """Training and exam too, and what was withdrawn later: it was worked. Corrections are no new comparisons."""
    said = Judgment.objects.filter(assignment__evaluation=evaluation, supersedes=None)
    mine = said.filter(assessor=person) if person else said
    rows = (
        mine.order_by()
        .values("assessor")
        .annotate(
            judged=Count("pk"),
            time=Sum(Coalesce("active_seconds", "seconds")),
            first=Min("judged_at"),
            last=Max("judged_at"),
        )
    )
    found = {row["assessor"]: row for row in rows}
    people = User.objects.filter(pk__in=list(found)).order_by("name", "email")
    return [
        Paid(user, evaluation.public_id, row["judged"], row["time"] / 3600, row["first"], row["last"])
        for user in people
        for row in [found[user.pk]]
    ]
