"""Reads: benchmarks with their counts, means with standard errors, single scores, two runs compared."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Exists, OuterRef, Q, StdDev

from apps.benchmarks.domain.items import Item
from apps.benchmarks.models import Benchmark, BenchmarkRun, Detail, Score, ScoreOutcome
from apps.buckets.models import TaskImage
from apps.generation.models import Answer, AnswerState, Run
from apps.statistics.paired import Comparison, compare_paired

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.buckets.models import Bucket


SHOWN = 30  # tasks whose scores differ


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


def items_of(bucket: Bucket) -> dict[int, Item]:
    """By the task's primary key, in the order of tasks. What shares its first picture is a group, unless a group is
    given; the cluster is the category of a task that has none.
    """
    places = TaskImage.objects.filter(task__bucket=bucket).order_by("-position")
    pictures = dict(places.values_list("task", "image"))  # the first picture is the last to be written
    details = Detail.objects.filter(task__bucket=bucket).in_bulk(field_name="task_id")
    rows = bucket.tasks.order_by("position").values_list("pk", "key", "references", "cluster")
    return {
        pk: _item(key, references, cluster, details.get(pk), f"picture {pictures[pk]}" if pk in pictures else "")
        for pk, key, references, cluster in rows
    }


def _item(key: str, references: list[str], cluster: str, detail: Detail | None, picture: str) -> Item:
    if detail is None:
        return Item(key, tuple(references), group=picture, category=cluster)
    return Item(
        key,
        tuple(detail.facts.get("references", references)),
        choices=detail.choices,
        group=detail.group or picture,
        category=detail.category or cluster,
        facts=detail.facts,
    )


def languages_of(bucket: Bucket) -> list[str]:
    return list(bucket.tasks.order_by("language").values_list("language", flat=True).distinct())


def run_results(benchmark: Benchmark) -> list[RunResult]:
    """Best first."""
    scored = benchmark.benchmark_runs.exclude(scored_at=None).select_related("run__revision__pipeline")
    rows = scored.annotate(**_figures("scores__"))
    return sorted((RunResult(row, _mean(vars(row))) for row in rows), key=lambda result: -result.mean.percent)


def other_runs(benchmark_run: BenchmarkRun) -> QuerySet[BenchmarkRun]:
    """Scored runs of the same benchmark."""
    rows = benchmark_run.benchmark.benchmark_runs.exclude(pk=benchmark_run.pk).exclude(scored_at=None)
    return rows.select_related("run__revision__pipeline")


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


@dataclass(frozen=True)
class Pair:
    """One task's two scores. `cluster` is what tasks share: their first picture, or nothing but themselves."""

    before: Score
    after: Score
    cluster: str

    @property
    def group(self) -> str:
        return self.before.answer.task.cluster


@dataclass(frozen=True)
class Row:
    label: str
    comparison: Comparison


@dataclass(frozen=True)
class Compared:
    """`overall` is None where the runs have no task in common. `changed`: the first tasks whose score differs."""

    overall: Comparison | None
    groups: list[Row]
    changed: list[Pair]


def compare_runs(before: BenchmarkRun, after: BenchmarkRun) -> Compared:
    """On the tasks that both have scores of."""
    pairs = pairs_of(before, after)
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.group].append(pair)
    rows = [(label, comparison_of(found)) for label, found in sorted(groups.items())]
    changed = [pair for pair in pairs if pair.before.value != pair.after.value]
    return Compared(
        comparison_of(pairs),
        [Row(label, comparison) for label, comparison in rows if comparison is not None],
        changed[:SHOWN],
    )


def pairs_of(before: BenchmarkRun, after: BenchmarkRun) -> list[Pair]:
    first, second = ({score.answer.task_id: score for score in scores_of(run)} for run in (before, after))
    items = items_of(before.benchmark.bucket)
    return [Pair(score, second[task], items[task].cluster) for task, score in first.items() if task in second]


def scores_of(run: BenchmarkRun) -> list[Score]:
    return list(run.scores.select_related("answer__task").defer("answer__trace"))


def comparison_of(pairs: list[Pair]) -> Comparison | None:
    columns = [(pair.before.value, pair.after.value, pair.cluster) for pair in pairs]
    before, after, clusters = zip(*columns, strict=True) if columns else ((), (), ())
    return compare_paired(before, after, clusters)
