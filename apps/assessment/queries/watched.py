"""How each assessor judges, for the researcher who watches."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.assessment.domain.verdicts import NEITHER, PREFERS_A, PREFERS_B, leaning
from apps.assessment.models import Check, CheckKind, Evaluation, Skip, Standing, StandingState
from apps.assessment.queries.checks import said_in_work, said_on_checks
from apps.assessment.queries.progress import Median
from apps.statistics.wilson import wilson

NORMAL_95 = 1.959964
SEEN_ALL = "answer-1 answer-2 pictures"


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, with Wilson's 95 % interval; all None while there is nothing."""

    part: int = 0
    whole: int = 0

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.whole:
            return None
        low, high = wilson(self.part / self.whole, self.whole, NORMAL_95)
        return 100 * low, 100 * high


@dataclass(frozen=True)
class Watched:
    """One assessor: judgments of all kinds, hours of work, median seconds; of decisive ones how many preferred the
    left, of all how many neither; right on gold; the same answer twice called no tie; re-tests answered the same;
    judged before everything was seen."""

    person: User
    state: str
    reason: str
    done: int
    hours: float
    median_seconds: float | None
    last_at: datetime | None
    left: Share
    neither: Share
    gold: Share
    partial: Share
    same: Share
    unseen: Share

    @property
    def is_stopped(self) -> bool:
        return self.state != StandingState.WORKING


def people_watched(evaluation: Evaluation) -> list[Watched]:
    """Everyone who judges or judged here, by name; six queries."""
    left = Q(verdict__in=PREFERS_A, a_on_left=True) | Q(verdict__in=PREFERS_B, a_on_left=False)
    worked = Coalesce("active_seconds", "seconds")
    rows = (
        said_in_work(evaluation)
        .order_by()
        .values("assessor")
        .annotate(
            done=Count("pk"),
            time=Sum(worked),
            median=Median(worked),
            last=Max("judged_at"),
            left=Count("pk", filter=left),
            neither=Count("pk", filter=Q(verdict__in=NEITHER)),
            told=Count("pk", filter=Q(seen__isnull=False)),
            unseen=Count("pk", filter=Q(seen__isnull=False) & ~Q(seen=SEEN_ALL)),
        )
    )
    said = {row["assessor"]: row for row in rows}
    standings = {item.assessor_id: item for item in Standing.objects.filter(evaluation=evaluation)}
    gold = shares_right(evaluation, CheckKind.GOLD, PREFERS_A)
    partial = shares_right(evaluation, CheckKind.CONTROL, (*PREFERS_A, *PREFERS_B))
    same = retests_same(evaluation)
    people = User.objects.filter(Q(pk__in=evaluation.assessors.values("pk")) | Q(pk__in=list(said)))
    return [
        watched(person, said.get(person.pk, {}), standings.get(person.pk), gold, partial, same)
        for person in people.order_by("name", "email")
    ]


def watched(
    person: User,
    row: Mapping[str, Any],
    standing: Standing | None,
    gold: dict[int, Share],
    partial: dict[int, Share],
    same: dict[int, Share],
) -> Watched:
    count = {name: int(row.get(name) or 0) for name in ("done", "left", "neither", "told", "unseen")}
    return Watched(
        person=person,
        state=standing.state if standing else StandingState.WORKING,
        reason=standing.reason if standing else "",
        done=count["done"],
        hours=float(row.get("time") or 0) / 3600,
        median_seconds=row.get("median"),
        last_at=row.get("last"),
        left=Share(count["left"], count["done"] - count["neither"]),
        neither=Share(count["neither"], count["done"]),
        gold=gold.get(person.pk, Share()),
        partial=partial.get(person.pk, Share()),
        same=same.get(person.pk, Share()),
        unseen=Share(count["unseen"], count["told"]),
    )


def shares_right(evaluation: Evaluation, kind: CheckKind, verdicts: tuple[str, ...]) -> dict[int, Share]:
    """By assessor: of the checks of this kind, how many had one of these verdicts."""
    rows = said_on_checks(evaluation, kind).order_by().values_list("assessor")
    counted = rows.annotate(part=Count("pk", filter=Q(verdict__in=verdicts)), whole=Count("pk"))
    return {person: Share(part, whole) for person, part, whole in counted}


def retests_same(evaluation: Evaluation) -> dict[int, Share]:
    """By assessor: of the re-tests, how many had the same leaning (A, neither, B) as the first time."""
    again = said_on_checks(evaluation, CheckKind.RETEST).values_list("assignment__comparison", "verdict")
    verdicts = dict(again)
    before = Check.objects.filter(comparison__in=list(verdicts)).values_list(
        "assessor", "comparison", "retest_of__verdict"
    )
    found: dict[int, list[bool]] = defaultdict(list)
    for person, comparison, verdict in before:
        found[person].append(leaning(verdict or "") == leaning(verdicts[comparison]))
    return {person: Share(sum(same), len(same)) for person, same in found.items()}


def latest_skips(evaluation: Evaluation) -> QuerySet[Skip]:
    return (
        Skip.objects.filter(comparison__evaluation=evaluation)
        .select_related("assessor", "comparison__task")
        .order_by("-skipped_at")
    )


def gold_of(person: User, evaluation: Evaluation) -> Share:
    return shares_right(evaluation, CheckKind.GOLD, PREFERS_A).get(person.pk, Share())
