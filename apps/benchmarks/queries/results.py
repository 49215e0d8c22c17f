"""Results as they were frozen when a run was scored: means, intervals, groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q

from apps.benchmarks.models import Benchmark, BenchmarkRun, ScoreOutcome
from apps.benchmarks.protocols import find_protocol
from apps.generation.models import Answer, AnswerState, Run

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User
    from apps.benchmarks.protocols import Protocol


@dataclass(frozen=True)
class Mean:
    """The headline of `tasks` answers in percent, its standard error clustered by picture and its 95 % t interval;
    these are None below two pictures. `unparsed` does not count the `failed`.
    """

    percent: float
    stderr: float | None
    low: float | None
    high: float | None
    tasks: int
    failed: int
    unparsed: int


@dataclass(frozen=True)
class GroupMean:
    label: str
    mean: Mean


@dataclass(frozen=True)
class RunResult:
    """`ranks` are the best and the worst place that the run may hold; None where nothing is ranked."""

    benchmark_run: BenchmarkRun
    mean: Mean
    ranks: tuple[int, int] | None = None


def headline(protocol: Protocol, metrics: dict[str, Any]) -> dict[str, Any]:
    """The metric that runs are ordered by: the protocol's headline, or the first it gives."""
    found: dict[str, Any] = metrics.get(protocol.headline) or next(iter(metrics.values()))
    return found


def mean_of(protocol: Protocol, metrics: dict[str, Any], failed: int = 0) -> Mean:
    metric = headline(protocol, metrics)

    def percent(name: str) -> float | None:
        return None if metric[name] is None else 100 * float(metric[name]) / protocol.top

    return Mean(
        percent=percent("value") or 0.0,
        stderr=percent("stderr"),
        low=percent("ci_low"),
        high=percent("ci_high"),
        tasks=metric["n"],
        failed=failed,
        unparsed=metric["n_unparsed"] - failed,
    )


def benchmarks_for(user: User) -> QuerySet[Benchmark]:
    """With `task_count`, and `run_count` of scored runs."""
    scored = Count("benchmark_runs", filter=Q(benchmark_runs__scored_at__isnull=False), distinct=True)
    return (
        Benchmark.objects.visible_to(user)
        .select_related("bucket__benchmark_source")
        .annotate(task_count=Count("bucket__tasks", distinct=True), run_count=scored)
        .order_by("name")
    )


def scored_runs(benchmark: Benchmark) -> QuerySet[BenchmarkRun]:
    """With `failed`."""
    rows = benchmark.benchmark_runs.exclude(scored_at=None).select_related("benchmark", "run__revision__pipeline")
    return rows.annotate(failed=_failed())


def _failed() -> Count:
    return Count("scores", filter=Q(scores__outcome=ScoreOutcome.FAILED))


def _result(row: BenchmarkRun) -> RunResult:
    """Of a row with `failed`."""
    return RunResult(row, mean_of(find_protocol(row.benchmark.protocol), row.metrics, row.failed))  # type: ignore[attr-defined]


def waiting_runs(benchmark: Benchmark) -> QuerySet[BenchmarkRun]:
    return benchmark.benchmark_runs.filter(scored_at=None).select_related("run__revision__pipeline")


def run_results(benchmark: Benchmark) -> list[RunResult]:
    """Best first."""
    return sorted(map(_result, scored_runs(benchmark)), key=lambda result: -result.mean.percent)


def other_runs(benchmark_run: BenchmarkRun) -> QuerySet[BenchmarkRun]:
    """Scored runs of the same benchmark."""
    rows = benchmark_run.benchmark.benchmark_runs.exclude(pk=benchmark_run.pk).exclude(scored_at=None)
    return rows.select_related("run__revision__pipeline")


def other_protocols(benchmark_run: BenchmarkRun) -> list[RunResult]:
    """The same answers as other benchmarks of the bucket mark them: the strict sibling beside the official protocol."""
    rows = BenchmarkRun.objects.filter(run=benchmark_run.run).exclude(scored_at=None).exclude(pk=benchmark_run.pk)
    rows = rows.select_related("benchmark").annotate(failed=_failed()).order_by("benchmark__protocol")
    return [_result(row) for row in rows]


def figures_of(benchmark_run: BenchmarkRun) -> list[tuple[str, dict[str, Any]]]:
    """All metrics, the protocol's headline first, the others by name: JSON in a database has an order of its own."""
    top = find_protocol(benchmark_run.benchmark.protocol).headline
    return sorted(benchmark_run.metrics.items(), key=lambda metric: (metric[0] != top, metric[0]))


def overall(benchmark_run: BenchmarkRun) -> Mean:
    failed = benchmark_run.scores.filter(outcome=ScoreOutcome.FAILED).count()
    return mean_of(find_protocol(benchmark_run.benchmark.protocol), benchmark_run.metrics, failed)


def means_by(benchmark_run: BenchmarkRun, column: str) -> list[GroupMean]:
    """One mean per value of `column`: `cluster`, `language`, or a field that the protocol groups by."""
    protocol, table = find_protocol(benchmark_run.benchmark.protocol), benchmark_run.groups.get(column, {})
    return [GroupMean(label, mean_of(protocol, metrics)) for label, metrics in table.items()]


def group_tables(benchmark_run: BenchmarkRun) -> list[tuple[str, list[GroupMean]]]:
    """Language and cluster, then the fields that the protocol groups by, where they say something else."""
    names = [name for name in benchmark_run.groups if name not in {"language", "cluster"}]
    clusters = benchmark_run.groups.get("cluster", {})
    own = [name for name in sorted(names) if benchmark_run.groups[name].keys() != clusters.keys()]
    return [(name, means_by(benchmark_run, name)) for name in ("language", "cluster", *own)]


def scorable_runs(benchmark: Benchmark) -> QuerySet[Run]:
    """Runs over the bucket in which every task was answered or has failed for good."""
    answers = Answer.objects.filter(run=OuterRef("pk"))
    open_states = [AnswerState.WAITING, AnswerState.RUNNING, AnswerState.CANCELLED]
    return (
        Run.objects.filter(Exists(answers), ~Exists(answers.filter(state__in=open_states)), bucket=benchmark.bucket)
        .select_related("revision__pipeline")
        .order_by("-created_at")
    )
