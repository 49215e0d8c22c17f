"""Places on a leaderboard: who is certainly better than whom, on the tasks that both answered."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from apps.benchmarks.models import Score
from apps.benchmarks.queries.items import items_of
from apps.benchmarks.queries.results import run_results
from apps.statistics.item_scores import codes_of, smallest_difference
from apps.statistics.multiplicity import holm
from apps.statistics.paired import compare_paired

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apps.benchmarks.models import Benchmark
    from apps.benchmarks.queries.results import RunResult

MOST_SCORES = 400_000  # beyond, a page would take seconds
ALPHA = 0.05


def leaderboard(benchmark: Benchmark) -> list[RunResult]:
    """Best first. Runs of the first tasks alone are never ranked, nor more scores than a page can compare."""
    results = run_results(benchmark)
    if benchmark.limit or len(results) < 2 or sum(result.mean.tasks for result in results) > MOST_SCORES:
        return results
    ranks = ranks_of(*_paired_scores(benchmark, results))
    return [replace(result, ranks=rank) for result, rank in zip(results, ranks, strict=True)]


def _paired_scores(benchmark: Benchmark, results: list[RunResult]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Shapes (runs, tasks) and (tasks,): scores of all, and the cluster of each task."""
    items = items_of(benchmark.bucket)
    place = {pk: number for number, pk in enumerate(items)}
    row = {result.benchmark_run.pk: number for number, result in enumerate(results)}
    scores = np.zeros((len(results), len(items)))
    found = Score.objects.filter(benchmark_run__in=row).values_list("benchmark_run_id", "answer__task_id", "value")
    for run, task, value in found.iterator(10_000):
        scores[row[run], place[task]] = value
    return scores, codes_of([item.cluster for item in items.values()])[0]


def ranks_of(scores: NDArray[np.float64], clusters: NDArray[np.intp]) -> list[tuple[int, int]]:
    """The best and the worst place of each run: 1 + how many are better, K - how many are worse, by paired tests of all
    pairs, clustered, with Holm's correction at 5 %. Shapes (K, n), (n,). Runs that can't be told apart share places.
    """
    pairs = list(combinations(range(len(scores)), 2))
    found = [compare_paired(scores[a], scores[b], clusters) for a, b in pairs]
    p = [1.0 if each is None or each.difference.p is None else each.difference.p for each in found]
    better, worse = np.zeros(len(scores), dtype=int), np.zeros(len(scores), dtype=int)
    for (a, b), adjusted in zip(pairs, holm(p), strict=True):
        if adjusted < ALPHA:
            winner, loser = (a, b) if scores[a].mean() > scores[b].mean() else (b, a)
            better[loser] += 1
            worse[winner] += 1
    return [(1 + int(up), len(scores) - int(down)) for up, down in zip(better, worse, strict=True)]


def smallest_differences(benchmark: Benchmark) -> list[tuple[float, list[float]]]:
    """(correlation, points at a power of 80 and of 90 %): what the benchmark can show between two runs. Pictures count
    as items, so that questions about one picture are taken to say the same: the careful end.
    """
    pictures = len({item.cluster for item in items_of(benchmark.bucket).values()})
    if not pictures:
        return []
    return [
        (r, [100 * smallest_difference(pictures, correlation=r, power=power) for power in (0.8, 0.9)])
        for r in (0.3, 0.5, 0.7, 0.9)
    ]
