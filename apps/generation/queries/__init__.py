"""Reads: how far runs are, why answers failed, who works on them, whether what must hold does."""

from apps.generation.queries.failures import FailureGroup, failed_answers, failures_by_cause
from apps.generation.queries.lists import answers_of, buckets_with_runs, neighbours, runs_of
from apps.generation.queries.progress import progress_of, run_progress
from apps.generation.queries.readiness import ReadyPairs, ready_pairs

__all__ = [
    "FailureGroup",
    "ReadyPairs",
    "answers_of",
    "buckets_with_runs",
    "failed_answers",
    "failures_by_cause",
    "neighbours",
    "progress_of",
    "ready_pairs",
    "run_progress",
    "runs_of",
]
