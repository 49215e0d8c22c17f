"""How far an evaluation is, for its researchers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, Exists, FloatField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.assessment.models import Assignment, AssignmentState, ComparisonState, Evaluation, Judgment, Skip
from apps.assessment.queries.pairs import PairCounts, pair_counts

DAY = timedelta(days=1)


@dataclass(frozen=True)
class EvaluationProgress:
    """Counts of places (released comparisons times overlap) by state."""

    pairs: PairCounts
    complete: int
    free: int
    leased: int
    done: int

    @property
    def places(self) -> int:
        return self.free + self.leased + self.done

    @property
    def is_complete(self) -> bool:
        """All is judged, no pair waits for a decision and none can come any more."""
        return self.done == self.places and not self.pairs.held and not self.pairs.to_come

    @property
    def percent(self) -> int:
        return 100 * self.done // self.places if self.places else 0


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


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def evaluation_progress(evaluation: Evaluation) -> EvaluationProgress:
    states = dict(evaluation.assignments.compared().values_list("state").annotate(Count("pk")))
    open_places = Assignment.objects.filter(comparison=OuterRef("pk")).compared().exclude(state=AssignmentState.DONE)
    released = evaluation.comparisons.compared().filter(state=ComparisonState.RELEASED)
    return EvaluationProgress(
        pairs=pair_counts(evaluation),
        complete=released.exclude(Exists(open_places)).count(),
        free=states.get(AssignmentState.FREE, 0),
        leased=states.get(AssignmentState.LEASED, 0),
        done=states.get(AssignmentState.DONE, 0),
    )


def pace_of(evaluation: Evaluation, now: datetime, left: int) -> Pace:
    said = Judgment.objects.filter(assignment__evaluation=evaluation, supersedes=None, assignment__is_check=False)
    counts = said.filter(judged_at__gt=now - 7 * DAY).aggregate(
        hour=Count("pk", filter=Q(judged_at__gt=now - DAY / 24)),
        day=Count("pk", filter=Q(judged_at__gt=now - DAY)),
        week=Count("pk"),
    )
    return Pace(**counts, left=left)


def evaluations_for(user: User) -> QuerySet[Evaluation]:
    """The researcher's list, with counts of places `all_places` and `done_places`, made for the rows of a page only."""
    places = Assignment.objects.filter(evaluation=OuterRef("pk")).compared().order_by().values("evaluation")
    done = places.filter(state=AssignmentState.DONE)
    return (
        Evaluation.objects.visible_to(user)
        .select_related("bucket", "run_a__revision__pipeline", "run_b__revision__pipeline")
        .annotate(
            all_places=Coalesce(Subquery(places.annotate(n=Count("pk")).values("n")), 0),
            done_places=Coalesce(Subquery(done.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-created_at")
    )


def assessor_rows(evaluation: Evaluation) -> QuerySet[User]:
    """Everyone who judges or judged here, with `done`, `median_seconds`, `skipped` and `last_at`."""
    mine = Judgment.objects.filter(assignment__evaluation=evaluation, assessor=OuterRef("pk")).compared()
    judged = mine.order_by().values("assessor")
    skips = Skip.objects.filter(comparison__evaluation=evaluation, assessor=OuterRef("pk")).values("assessor")
    ever = Judgment.objects.filter(assignment__evaluation=evaluation).values("assessor")
    # Subqueries on this evaluation: joins would multiply a person's evaluations, judgments and skips with one another.
    return (
        User.objects.filter(Q(pk__in=evaluation.assessors.values("pk")) | Q(pk__in=ever))
        .annotate(
            done=Coalesce(Subquery(judged.annotate(n=Count("pk")).values("n")), 0),
            median_seconds=Subquery(judged.annotate(median=Median("seconds")).values("median")),
            last_at=Subquery(judged.annotate(last=Max("judged_at")).values("last")),
            skipped=Coalesce(Subquery(skips.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("-done", "email")
    )


def leases(evaluation: Evaluation) -> QuerySet[Assignment]:
    held = evaluation.assignments.filter(state=AssignmentState.LEASED)
    return held.select_related("assessor", "comparison__task").order_by("lease_until")
