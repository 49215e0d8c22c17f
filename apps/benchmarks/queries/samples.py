"""Single answers of a run with their scores, filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, Subquery

from apps.benchmarks.models import BenchmarkRun, Score, ScoreOutcome

if TYPE_CHECKING:
    from django.db.models import QuerySet

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
