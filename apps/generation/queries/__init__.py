"""Reads: how far runs are, why answers failed, who works on them, whether what must hold does."""

from apps.generation.queries.failures import FailureGroup, failed_answers, failures_by_cause
from apps.generation.queries.invariants import Invariant, check_run
from apps.generation.queries.lists import answers_of, buckets_with_runs, neighbours, runs_of
from apps.generation.queries.machines import QueueDepth, queue_depths, queue_of, unattended_trials, workers_now
from apps.generation.queries.progress import progress_of, run_progress
from apps.generation.queries.readiness import ReadyPairs, ready_pairs
from apps.generation.queries.trials import answers_beside, counterpart, trials_of

__all__ = [
    "FailureGroup",
    "Invariant",
    "QueueDepth",
    "ReadyPairs",
    "answers_beside",
    "answers_of",
    "buckets_with_runs",
    "check_run",
    "counterpart",
    "failed_answers",
    "failures_by_cause",
    "neighbours",
    "progress_of",
    "queue_depths",
    "queue_of",
    "ready_pairs",
    "run_progress",
    "runs_of",
    "trials_of",
    "unattended_trials",
    "workers_now",
]
