"""A scored run in the forms of other tools: official results, VLMEvalKit's table, lmms-eval's samples.

Of a set that may not be passed on, questions, choices and references stay here: ids, answers and scores go out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.benchmarks.exports.answers import may_be_passed_on
from apps.benchmarks.exports.lmms_eval_samples import lmms_eval
from apps.benchmarks.exports.official_results import official
from apps.benchmarks.exports.vlmevalkit_table import vlmevalkit

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.benchmarks.models import BenchmarkRun

__all__ = ["EXPORTS", "export", "lmms_eval", "may_be_passed_on", "official", "vlmevalkit"]

EXPORTS: dict[str, tuple[str, Callable[[BenchmarkRun], str | bytes]]] = {
    "official": ("json", official),
    "vlmevalkit": ("tsv", vlmevalkit),
    "lmms-eval": ("jsonl", lmms_eval),
}


def export(benchmark_run: BenchmarkRun, kind: str) -> tuple[str, str | bytes]:
    """What the file's name ends with, and the file: bytes are a ZIP."""
    suffix, write = EXPORTS[kind]
    body = write(benchmark_run)
    return ("zip" if isinstance(body, bytes) else suffix), body
