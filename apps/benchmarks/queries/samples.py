"""Single answers of a run with their scores, filtered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, Subquery

from apps.benchmarks.models import BenchmarkRun, Detail, Score, ScoreOutcome
from apps.generation.domain.trace import readable_steps

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from apps.generation.domain.trace import ReadableStep

SAMPLE_FILTERS = {
    "zero": Q(value=0),
    "failed": Q(outcome=ScoreOutcome.FAILED),
    "unparsed": Q(outcome=ScoreOutcome.UNPARSED),
}
DIFFER = "differ"


def samples(benchmark_run: BenchmarkRun, only: str = "", beside: BenchmarkRun | None = None) -> QuerySet[Score]:
    """Scores in the order of tasks; `only` is a key of SAMPLE_FILTERS, anything else means all. With another run of the
    benchmark `beside`, each has `other_value` and `other_text`, and "differ" keeps those that the two got differently.
    """
    rows = benchmark_run.scores.select_related("answer__task").prefetch_related("answer__task__images")
    rows = rows.defer("answer__trace").filter(SAMPLE_FILTERS.get(only, Q()))
    if beside is None:
        return rows
    other = Score.objects.filter(benchmark_run=beside, answer__task=OuterRef("answer__task"))
    rows = rows.annotate(
        other_value=Subquery(other.values("value")[:1]), other_text=Subquery(other.values("answer__text")[:1])
    )
    return rows.filter(other_value__isnull=False).exclude(other_value=F("value")) if only == DIFFER else rows


@dataclass(frozen=True)
class Sample:
    """`detail`: choices, group and category of its task, where the protocol needs them. `before` and `after` are its
    neighbours, `other` the score that the run beside got.
    """

    score: Score
    steps: list[ReadableStep]
    detail: Detail | None
    before: Score | None
    after: Score | None
    other: Score | None

    @property
    def prompts(self) -> list[ReadableStep]:
        return [step for step in self.steps if step.prompt is not None]


def sample_of(
    benchmark_run: BenchmarkRun, answer_id: UUID, only: str = "", beside: BenchmarkRun | None = None
) -> Sample | None:
    """Any score of the run, whether `only` shows it or not; None where it has none of that answer."""
    score = benchmark_run.scores.select_related("answer__task").filter(answer__public_id=answer_id).first()
    if score is None:
        return None
    task, shown = score.answer.task, samples(benchmark_run, only, beside)
    return Sample(
        score=score,
        steps=readable_steps(score.answer.trace),
        detail=Detail.objects.filter(task=task).first(),
        before=shown.filter(answer__task__position__lt=task.position).order_by("-answer__task__position").first(),
        after=shown.filter(answer__task__position__gt=task.position).first(),
        other=beside.scores.select_related("answer").filter(answer__task=task).first() if beside else None,
    )
