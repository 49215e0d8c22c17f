"""VLMEvalKit's table of predictions: its columns, and those of its own that came with the questions."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from apps.benchmarks.exports.answers import answers_of, may_be_passed_on
from apps.benchmarks.queries import items_of

if TYPE_CHECKING:
    from apps.benchmarks.exports.answers import Said
    from apps.benchmarks.models import BenchmarkRun

KEPT = ("l2-category", "split", "source")  # what its reports group by


def vlmevalkit(benchmark_run: BenchmarkRun) -> str:
    """TSV with a column `prediction`. Of a set that may not be passed on `index` is the way back to its own table."""
    stream = io.StringIO()
    table = csv.writer(stream, delimiter="\t", lineterminator="\r\n")  # so that a lone \r is quoted
    items = items_of(benchmark_run.benchmark.bucket).values()
    letters = sorted({letter for item in items for letter in item.choices})
    kept = [name for name in KEPT if any(item.fact(name) for item in items)]
    asked = may_be_passed_on(benchmark_run)
    lists = benchmark_run.benchmark.protocol.startswith("ocrbench")  # its OCRBench reads lists alone
    table.writerow(
        ["index", *(["question", *letters, "answer"] if asked else []), "category", *kept, "prediction", "hit"]
    )
    for said in answers_of(benchmark_run):
        own = [said.item.category, *(said.item.fact(name) for name in kept), said.text, f"{said.score.value:g}"]
        table.writerow([said.item.id, *(_asked(said, letters, lists=lists) if asked else []), *own])
    return stream.getvalue()


def _asked(said: Said, letters: list[str], *, lists: bool) -> list[str]:
    single = len(said.item.references) == 1 and not lists
    truth = said.item.references[0] if single else json.dumps(list(said.item.references), ensure_ascii=False)
    return [said.score.answer.task.instruction, *(said.item.choices.get(letter, "") for letter in letters), truth]
