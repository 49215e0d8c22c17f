"""Writes: make or load a benchmark, run a suite, score runs, send tasks to people."""

from apps.benchmarks.services.loading import Loaded, LoadRefused, load_benchmark
from apps.benchmarks.services.making import BenchmarkRefused, ReferenceProblem, create_benchmark
from apps.benchmarks.services.scoring import ScoringRefused, score_run, score_waiting
from apps.benchmarks.services.sending import SendingRefused, send_to_people
from apps.benchmarks.services.suites import run_suite

__all__ = [
    "BenchmarkRefused",
    "LoadRefused",
    "Loaded",
    "ReferenceProblem",
    "ScoringRefused",
    "SendingRefused",
    "create_benchmark",
    "load_benchmark",
    "run_suite",
    "score_run",
    "score_waiting",
    "send_to_people",
]
