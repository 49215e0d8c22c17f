"""Reads: benchmarks with their results, places, single scores, two runs compared."""

from apps.benchmarks.queries.compared import Adjusted, Compared, Pair, Row, compare_revisions, compare_runs
from apps.benchmarks.queries.items import items_of, languages_of
from apps.benchmarks.queries.ranking import leaderboard, ranks_of, smallest_differences
from apps.benchmarks.queries.results import (
    GroupMean,
    Mean,
    RunResult,
    benchmarks_for,
    figures_of,
    group_tables,
    means_by,
    other_protocols,
    other_runs,
    overall,
    run_results,
    scorable_runs,
    waiting_runs,
)
from apps.benchmarks.queries.samples import DIFFER, SAMPLE_FILTERS, Sample, sample_of, samples
from apps.benchmarks.queries.watching import Watched, watched

__all__ = [
    "DIFFER",
    "SAMPLE_FILTERS",
    "Adjusted",
    "Compared",
    "GroupMean",
    "Mean",
    "Pair",
    "Row",
    "RunResult",
    "Sample",
    "Watched",
    "benchmarks_for",
    "compare_revisions",
    "compare_runs",
    "figures_of",
    "group_tables",
    "items_of",
    "languages_of",
    "leaderboard",
    "means_by",
    "other_protocols",
    "other_runs",
    "overall",
    "ranks_of",
    "run_results",
    "sample_of",
    "samples",
    "scorable_runs",
    "smallest_differences",
    "waiting_runs",
    "watched",
]
