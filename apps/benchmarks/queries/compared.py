"""Two runs of one benchmark, task by task."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.benchmarks.models import Benchmark, BenchmarkRun
from apps.benchmarks.queries.items import items_of
from apps.statistics.multiplicity import holm
from apps.statistics.paired import Comparison, compare_paired

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.benchmarks.models import Score
    from apps.pipelines.models import PipelineRevision

SHOWN = 30  # tasks whose scores differ


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


@dataclass(frozen=True)
class Adjusted:
    """One benchmark's comparison; `p` is corrected by Holm for the number of buckets. It is None for a further protocol
    over the same answers: that asks the same question again, so it is shown and not tested.
    """

    before: BenchmarkRun
    after: BenchmarkRun
    comparison: Comparison
    p: float | None


def compare_revisions(user: User, first: PipelineRevision, second: PipelineRevision) -> list[Adjusted]:
    """On every benchmark that both were scored on and `user` may see, the latest runs of each; limited ones are left
    out. The order is that of names; protocols over one bucket stand together, the first made in front: it is tested.
    """
    runs = BenchmarkRun.objects.filter(benchmark__in=Benchmark.objects.visible_to(user), benchmark__limit=None)
    runs = runs.exclude(scored_at=None).select_related("benchmark__bucket", "run__revision__pipeline").order_by("pk")
    of = [{row.benchmark_id: row for row in runs.filter(run__revision=each)} for each in (first, second)]
    found = [(of[0][pk], of[1][pk]) for pk in sorted(of[0].keys() & of[1].keys())]
    compared = [(before, after, comparison_of(pairs_of(before, after))) for before, after in found]
    buckets: dict[int, list[tuple[BenchmarkRun, BenchmarkRun, Comparison]]] = defaultdict(list)
    for before, after, comparison in compared:
        if comparison is not None:
            buckets[before.benchmark.bucket_id].append((before, after, comparison))
    together = sorted(buckets.values(), key=lambda rows: rows[0][0].benchmark.name)
    p = holm([_p(rows[0][2]) for rows in together])
    return [
        Adjusted(*row, float(value) if place == 0 else None)
        for rows, value in zip(together, p, strict=True)
        for place, row in enumerate(rows)
    ]


def _p(comparison: Comparison) -> float:
    """1 where nothing varies."""
    return 1.0 if comparison.difference.p is None else comparison.difference.p
