"""Reads of the room of judgments."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Aggregate, Count, Exists, F, FloatField, Max, OuterRef, Q, QuerySet

from apps.accounts.models import User
from apps.assessment.models import (
    Assignment,
    AssignmentState,
    Comparison,
    Evaluation,
    EvaluationState,
    Judgment,
    Rating,
)
from apps.generation.models import Answer, AnswerState, Run

COUNT_AT_MOST = 1000


@dataclass(frozen=True)
class JudgmentRow:
    """One current judgment in terms of the pipelines. `verdict` is a value of `Verdict`; `ratings` go by criterion
    key: 1 when A is better, 0 the same, -1 when B is better; `seconds` from being shown to submit."""

    task_key: str
    cluster: str
    language: str
    assessor_id: UUID
    simulated: bool
    verdict: str
    a_on_left: bool
    seconds: float
    ratings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class EvaluationProgress:
    """Counts of places (comparisons times overlap) by state; `parked` are tasks that a run did not answer."""

    comparisons: int
    complete: int
    parked: int
    places: int
    free: int
    leased: int
    done: int

    @property
    def is_complete(self) -> bool:
        return self.done == self.places

    @property
    def percent(self) -> int:
        return 100 * self.done // self.places if self.places else 0


@dataclass(frozen=True)
class Work:
    """What an evaluation asks of one assessor. `left` counts to `COUNT_AT_MOST`, then `is_more`."""

    evaluation: Evaluation
    done: int
    today: int
    left: int

    @property
    def is_more(self) -> bool:
        return self.left > COUNT_AT_MOST

    @property
    def percent(self) -> int:
        return 100 * self.done // (self.done + self.left) if self.done + self.left else 100


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def pipeline_names(*runs: Run) -> list[str]:
    return [run.revision.pipeline.name for run in runs]


def comparable_pairs(run_a: Run, run_b: Run) -> Iterable[tuple[int, str, int, int]]:
    """(task id, cluster, answer of A, answer of B) of the tasks that both runs answered, in the bucket's order."""
    other = Answer.objects.filter(run=run_b, task=OuterRef("task"), state=AnswerState.DONE)
    return (
        Answer.objects.filter(run=run_a, state=AnswerState.DONE)
        .annotate(other=other.values("pk")[:1])
        .filter(other__isnull=False)
        .order_by("task__position")
        .values_list("task_id", "task__cluster", "pk", "other")
    )


def judgment_table(evaluation: Evaluation) -> list[JudgmentRow]:
    """The current judgments, corrections applied, in the order they were made; two queries."""
    ratings: dict[int, dict[str, int]] = {}
    current = Judgment.objects.filter(assignment__evaluation=evaluation).current()
    said = Rating.objects.filter(judgment__in=current).values_list("judgment_id", "criterion__key", "preference")
    for judgment_id, key, preference in said.iterator():
        ratings.setdefault(judgment_id, {})[key] = preference
    rows = current.select_related("assignment__comparison__task", "assessor").order_by("judged_at", "pk")
    return [judgment_row(judgment, ratings.get(judgment.pk, {})) for judgment in rows]


def judgment_row(judgment: Judgment, ratings: dict[str, int]) -> JudgmentRow:
    task = judgment.assignment.comparison.task
    return JudgmentRow(
        task_key=task.key,
        cluster=task.cluster,
        language=task.language,
        assessor_id=judgment.assessor.public_id,
        simulated=judgment.assessor.simulated,
        verdict=judgment.verdict,
        a_on_left=judgment.a_on_left,
        seconds=judgment.seconds,
        ratings=ratings,
    )


def evaluation_progress(evaluation: Evaluation) -> EvaluationProgress:
    states = dict(evaluation.assignments.values_list("state").annotate(Count("pk")))
    comparisons = evaluation.comparisons.count()
    open_places = Assignment.objects.filter(comparison=OuterRef("pk")).exclude(state=AssignmentState.DONE)
    return EvaluationProgress(
        comparisons=comparisons,
        complete=evaluation.comparisons.exclude(Exists(open_places)).count(),
        parked=evaluation.bucket.tasks.count() - comparisons,
        places=comparisons * evaluation.overlap,
        free=states.get(AssignmentState.FREE, 0),
        leased=states.get(AssignmentState.LEASED, 0),
        done=states.get(AssignmentState.DONE, 0),
    )


def evaluations_for(user: User) -> QuerySet[Evaluation]:
    """The researcher's list, with counts of places `all_places` and `done_places`."""
    return (
        Evaluation.objects.visible_to(user)
        .select_related("bucket", "run_a__revision__pipeline", "run_b__revision__pipeline")
        .annotate(
            all_places=Count("assignments"),
            done_places=Count("assignments", filter=Q(assignments__state=AssignmentState.DONE)),
        )
        .order_by("-created_at")
    )


def assessor_rows(evaluation: Evaluation) -> QuerySet[User]:
    """Everyone who judges or judged here: `done`, `median_seconds`, `left_share` (percent of decided verdicts that
    favoured the left answer is not shown: too few say nothing), `skipped`, `last_at`."""
    here = Q(judgments__assignment__evaluation=evaluation, judgments__superseded_by__isnull=True)
    skipped = Count("skips", filter=Q(skips__comparison__evaluation=evaluation), distinct=True)
    return (
        User.objects.filter(Q(evaluations=evaluation) | Q(judgments__assignment__evaluation=evaluation))
        .annotate(
            done=Count("judgments", filter=here, distinct=True),
            median_seconds=Median("judgments__seconds", filter=here),
            last_at=Max("judgments__judged_at", filter=here),
            skipped=skipped,
        )
        .order_by("-done", "email")
    )


def leases(evaluation: Evaluation) -> QuerySet[Assignment]:
    held = evaluation.assignments.filter(state=AssignmentState.LEASED)
    return held.select_related("assessor", "comparison__task").order_by("lease_until")


def places_left(assessor: User, evaluation: Evaluation, now: datetime) -> int:
    """How many comparisons the person could still judge; at most `COUNT_AT_MOST` + 1."""
    mine = Q(assessor=assessor, state=AssignmentState.LEASED)
    places = Assignment.objects.filter(comparison=OuterRef("pk"))
    within_reach = Q(state=AssignmentState.FREE) | Q(state=AssignmentState.LEASED, lease_until__lt=now)
    comparisons = Comparison.objects.filter(evaluation=evaluation).filter(
        Exists(places.filter(mine)) | (Exists(places.filter(within_reach)) & ~Exists(met_by(assessor)))
    )
    return comparisons[: COUNT_AT_MOST + 1].count()


def met_by(assessor: User) -> QuerySet[Comparison]:
    met = Q(assignments__assessor=assessor) | Q(skips__assessor=assessor)
    return Comparison.objects.filter(met, pk=OuterRef("pk"))


def judged_since(assessor: User, evaluation: Evaluation, moment: datetime | None = None) -> int:
    judged = Judgment.objects.filter(assessor=assessor, assignment__evaluation=evaluation, supersedes__isnull=True)
    return judged.filter(judged_at__gte=moment).count() if moment else judged.count()


def my_evaluations(user: User, *, now: datetime, midnight: datetime) -> list[Work]:
    """Open evaluations this person judges in, those with work left first. `midnight`: when the person's day began."""
    mine = Evaluation.objects.open_to(user).filter(state=EvaluationState.OPEN)
    work = [
        Work(
            evaluation=evaluation,
            done=judged_since(user, evaluation),
            today=judged_since(user, evaluation, midnight),
            left=places_left(user, evaluation, now),
        )
        for evaluation in mine
    ]
    return sorted(work, key=lambda item: item.left == 0)


def last_judgment(assessor: User, evaluation: Evaluation, since: datetime) -> Judgment | None:
    mine = Judgment.objects.filter(assessor=assessor, assignment__evaluation=evaluation, judged_at__gte=since)
    return mine.current().order_by("-judged_at", "-pk").first()


def parked_tasks(evaluation: Evaluation) -> QuerySet[Answer]:
    """Answers that keep a task out of the evaluation, with their cause."""
    runs = [evaluation.run_a_id, evaluation.run_b_id]
    failed = Answer.objects.filter(run_id__in=runs).exclude(state=AnswerState.DONE)
    return failed.select_related("task").order_by(F("task__position"), "run_id")
