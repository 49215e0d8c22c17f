"""Reads: benchmarks with their counts, means with standard errors, single scores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Exists, OuterRef, Q, StdDev

from apps.benchmarks.models import Benchmark, BenchmarkRun, Score, ScoreOutcome
from apps.generation.models import Answer, AnswerState, Run

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.buckets.models import Bucket


@dataclass(frozen=True)
class Mean:
    """The mean of `tasks` scores in percent and its standard error (None below two tasks).

    The error takes tasks as independent: s / sqrt(n), s the sample standard deviation of the tasks' scores.
    """

    percent: float
    stderr: float | None
    tasks: int
    failed: int
    unparsed: int


@dataclass(frozen=True)
class GroupMean:
    label: str
    mean: Mean


@dataclass(frozen=True)
class RunResult:
    benchmark_run: BenchmarkRun
    mean: Mean


def _figures(prefix: str = "") -> dict[str, Any]:
    outcome = f"{prefix}outcome"
    return {
        "average": Avg(f"{prefix}value"),
        "spread": StdDev(f"{prefix}value", sample=True),
        "tasks": Count(f"{prefix}pk"),
        "failed": Count(f"{prefix}pk", filter=Q(**{outcome: ScoreOutcome.FAILED})),
        "unparsed": Count(f"{prefix}pk", filter=Q(**{outcome: ScoreOutcome.UNPARSED})),
    }


def _mean(row: dict[str, Any]) -> Mean:
    spread, tasks = row["spread"], row["tasks"]
    stderr = None if spread is None else 100 * spread / math.sqrt(tasks)
    return Mean(100 * row["average"], stderr, tasks, row["failed"], row["unparsed"])


def benchmarks_for(user: User) -> QuerySet[Benchmark]:
    """With `task_count` and `run_count`."""
    return (
        Benchmark.objects.visible_to(user)
        .select_related("bucket")
        .annotate(task_count=Count("bucket__tasks", distinct=True), run_count=Count("benchmark_runs", distinct=True))
        .order_by("name")
    )


def languages_of(bucket: Bucket) -> list[str]:
    return list(bucket.tasks.order_by("language").values_list("language", flat=True).distinct())


def run_results(benchmark: Benchmark) -> list[RunResult]:
    """Best first."""
    rows = benchmark.benchmark_runs.select_related("run__revision__pipeline").annotate(**_figures("scores__"))
    return sorted((RunResult(row, _mean(vars(row))) for row in rows), key=lambda result: -result.mean.percent)


def overall(benchmark_run: BenchmarkRun) -> Mean:
    return _mean(benchmark_run.scores.aggregate(**_figures()))


def means_by(benchmark_run: BenchmarkRun, column: str) -> list[GroupMean]:
    """One mean per value of `column` of the tasks: `cluster` or `language`."""
    field = f"answer__task__{column}"
    rows = benchmark_run.scores.order_by(field).values(field).annotate(**_figures())
    return [GroupMean(row[field], _mean(row)) for row in rows]


SAMPLE_FILTERS = {
    "zero": Q(value=0),
    "failed": Q(outcome=ScoreOutcome.FAILED),
    "unparsed": Q(outcome=ScoreOutcome.UNPARSED),
}


def samples(benchmark_run: BenchmarkRun, only: str = "") -> QuerySet[Score]:
    """Scores in the order of tasks; `only` is a key of SAMPLE_FILTERS, anything else means all."""
    rows = benchmark_run.scores.select_related("answer__task").defer("answer__trace")
    return rows.filter(SAMPLE_FILTERS.get(only, Q()))


def scorable_runs(benchmark: Benchmark) -> QuerySet[Run]:
    """Runs over the bucket in which every task was answered or has failed for good."""
    answers = Answer.objects.filter(run=OuterRef("pk"))
    open_states = [AnswerState.WAITING, AnswerState.RUNNING, AnswerState.CANCELLED]
    return (
        Run.objects.filter(Exists(answers), ~Exists(answers.filter(state__in=open_states)), bucket=benchmark.bucket)
        .select_related("revision__pipeline")
        .order_by("-created_at")
    )
