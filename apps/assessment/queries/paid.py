"""What was worked, for whoever pays."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Coalesce, TruncMonth

from apps.accounts.models import User
from apps.assessment.models import Evaluation, Judgment


@dataclass(frozen=True)
class Paid:
    """What somebody did in one evaluation in one month (of the reader's time zone, by its first moment): comparisons of
    every kind, hours of work, from when to when."""

    person: User
    month: datetime
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
        .values("assessor", month=TruncMonth("judged_at"))
        .annotate(
            judged=Count("pk"),
            time=Sum(Coalesce("active_seconds", "seconds")),
            first=Min("judged_at"),
            last=Max("judged_at"),
        )
    )
    found = defaultdict(list)
    for row in rows.order_by("month"):
        found[row["assessor"]].append(row)
    return [
        Paid(user, row["month"], row["judged"], row["time"] / 3600, row["first"], row["last"])
        for user in User.objects.filter(pk__in=list(found)).order_by("name", "email")
        for row in found[user.pk]
    ]
