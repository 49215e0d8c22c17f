"""What a researcher watches while assessors work."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.assessment.domain.verdicts import NEITHER, PREFERS_A, PREFERS_B, leaning, verdict_shown
from apps.assessment.models import (
    Assignment,
    Check,
    CheckKind,
    Comparison,
    Evaluation,
    Judgment,
    Standing,
    StandingState,
)
from apps.assessment.queries.checks import example_items, said_in_work, said_on_checks
from apps.assessment.queries.progress import Median
from apps.statistics.wilson import wilson

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

NORMAL_95 = 1.959964
DAY = timedelta(days=1)
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


@dataclass(frozen=True)
class Pace:
    """Judgments of the evaluation in the last hour, day and week; days left at the day's pace, or the week's."""

    hour: int
    day: int
    week: int
    left: int

    @property
    def days_left(self) -> float | None:
        per_day = self.day or self.week / 7
        return self.left / per_day if per_day else None


@dataclass(frozen=True)
class Agreement:
    """Of all pairs of judgments of one comparison the share that agrees (A, neither, B), and what chance would give."""

    pairs: int
    percent: float | None
    chance_percent: float | None


@dataclass(frozen=True)
class GoldStock:
    """`left` to the assessor who has had most; `needed` for what an assessor's share of the open places will ask."""

    all: int
    left: int
    needed: int

    @property
    def runs_out(self) -> bool:
        return self.left < self.needed


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


def gold_of(person: User, evaluation: Evaluation) -> Share:
    return shares_right(evaluation, CheckKind.GOLD, PREFERS_A).get(person.pk, Share())


def pace_of(evaluation: Evaluation, now: datetime, left: int) -> Pace:
    said = Judgment.objects.filter(assignment__evaluation=evaluation, supersedes=None, assignment__is_check=False)
    counts = said.filter(judged_at__gt=now - 7 * DAY).aggregate(
        hour=Count("pk", filter=Q(judged_at__gt=now - DAY / 24)),
        day=Count("pk", filter=Q(judged_at__gt=now - DAY)),
        week=Count("pk"),
    )
    return Pace(**counts, left=left)


class Leanings(TypedDict):
    """How many judgments of a comparison prefer A, B or neither, and how many there are."""

    a: int
    b: int
    n: int
    all: int


def judged_comparisons(evaluation: Evaluation) -> "QuerySet[WithAnnotations[Judgment, Leanings], Any]":
    """By comparison with at least two judgments."""
    said = Judgment.objects.filter(assignment__evaluation=evaluation).compared().order_by()
    counted = said.values("assignment__comparison").annotate(
        a=Count("pk", filter=Q(verdict__in=PREFERS_A)),
        b=Count("pk", filter=Q(verdict__in=PREFERS_B)),
        n=Count("pk", filter=Q(verdict__in=NEITHER)),
        all=Count("pk"),
    )
    return counted.filter(all__gt=1)


def agreement_so_far(evaluation: Evaluation) -> Agreement:
    sums = judged_comparisons(evaluation).aggregate(
        agree=Sum(sum((F(name) * (F(name) - 1) for name in ("b", "n")), F("a") * (F("a") - 1))),
        pairs=Sum(F("all") * (F("all") - 1)),
        a_sum=Sum("a"),
        b_sum=Sum("b"),
        n_sum=Sum("n"),
    )
    if not sums["pairs"]:
        return Agreement(0, None, None)
    total = sums["a_sum"] + sums["b_sum"] + sums["n_sum"]
    chance = sum((sums[name] / total) ** 2 for name in ("a_sum", "b_sum", "n_sum"))
    return Agreement(sums["pairs"] // 2, 100 * sums["agree"] / sums["pairs"], 100 * chance)


def disagreements(evaluation: Evaluation) -> QuerySet[Comparison]:
    """Comparisons that some judged for A and others for B, in the bucket's order, with `adjudications`."""
    split = judged_comparisons(evaluation).filter(a__gt=0, b__gt=0).values("assignment__comparison")
    found = evaluation.comparisons.filter(pk__in=split).select_related("task")
    return found.prefetch_related("adjudications__made_by").order_by("task__position")


def first_place(comparison: Comparison) -> Assignment:
    """Whose sides a researcher sees. Raises DoesNotExist for a comparison without places."""
    return comparison.assignments.order_by("replica")[:1].get()


@dataclass(frozen=True)
class Opinion:
    """What one assessor said of a comparison, in the terms of a page on which `verdict` is one of `SHOWN`."""

    person: User
    verdict: str
    comment: str


def said_of(comparison: Comparison, *, a_on_left: bool) -> list[Opinion]:
    said = Judgment.objects.filter(assignment__comparison=comparison).compared().select_related("assessor")
    return [
        Opinion(item.assessor, verdict_shown(item.verdict, a_on_left=a_on_left), item.comment)
        for item in said.order_by("judged_at")
    ]


def gold_stock(evaluation: Evaluation, open_places: int) -> GoldStock:
    """With controls and training, which are made of the same items."""
    had = Check.objects.filter(evaluation=evaluation, gold__isnull=False).values_list("assessor")
    most = max((count for _, count in had.annotate(Count("pk")).order_by()), default=0)
    stock = evaluation.gold.count() - len(example_items(evaluation))
    share = (evaluation.gold_percent + evaluation.control_percent) / 100
    stages = 0 if most else evaluation.training_size + evaluation.exam_size
    each = open_places / max(1, evaluation.assessors.count())
    return GoldStock(stock, stock - most, stages + round(each * share / (1 - share)))


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
