"""What was said, in terms of the pipelines."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from apps.accounts.models import User
from apps.assessment.models import Evaluation, Judgment, Rating


@dataclass(frozen=True)
class JudgmentRow:
    """One current judgment in terms of the pipelines. `verdict` is a value of `Verdict`; `ratings` go by criterion
    key: 1 when A is better, 0 the same, -1 when B is better; so do `values`: points, or numbers of marks, of A and of
    B; `seconds` from being shown to submit."""

    task_key: str
    cluster: str
    language: str
    assessor_id: UUID
    simulated: bool
    verdict: str
    a_on_left: bool
    seconds: float
    ratings: dict[str, int] = field(default_factory=dict)
    values: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)


def judgment_table(evaluation: Evaluation) -> list[JudgmentRow]:
    """The current judgments that count, corrections applied, in the order they were made: no checks of assessors,
    nothing withdrawn, nothing that was asked because the first judgments left doubt (see docs/assessment.md)."""
    ratings: dict[int, list[Rating]] = {}
    current = Judgment.objects.filter(assignment__evaluation=evaluation).counted()
    for rating in Rating.objects.filter(judgment__in=current).select_related("criterion").iterator():
        ratings.setdefault(rating.judgment_id, []).append(rating)
    rows = current.select_related("assignment__comparison__task", "assessor").order_by("judged_at", "pk")
    return [judgment_row(judgment, ratings.get(judgment.pk, [])) for judgment in rows]


def judgment_row(judgment: Judgment, ratings: list[Rating]) -> JudgmentRow:
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
        ratings={item.criterion.key: item.preference for item in ratings if item.preference is not None},
        values={
            item.criterion.key: (item.value_a, item.value_b)
            for item in ratings
            if (item.value_a, item.value_b) != (None, None)
        },
    )


def judged_by(assessor: User, evaluation: Evaluation, midnight: datetime) -> tuple[int, int]:
    """How many comparisons the person has judged here: (in all, since `midnight`)."""
    mine = Judgment.objects.filter(assessor=assessor, assignment__evaluation=evaluation, supersedes__isnull=True)
    counts = mine.aggregate(all=Count("pk"), today=Count("pk", filter=Q(judged_at__gte=midnight)))
    return counts["all"], counts["today"]


def last_judgment(assessor: User, evaluation: Evaluation, since: datetime) -> Judgment | None:
    mine = Judgment.objects.filter(assessor=assessor, assignment__evaluation=evaluation, judged_at__gte=since)
    return mine.current().select_related("assignment").order_by("-judged_at", "-pk").first()
