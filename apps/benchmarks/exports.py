"""A scored run in the forms of other tools: official results, VLMEvalKit's table, lmms-eval's samples.

Of a set that may not be passed on, questions, choices and references stay here: ids, answers and scores go out.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from apps.benchmarks.models import BenchmarkRun, Source
from apps.benchmarks.queries import items_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from apps.benchmarks.domain.items import Item
    from apps.benchmarks.models import Score

OFFICIAL_NAMES = {
    "vqa_v2": ("question_id", "answer"),
    "textvqa": ("question_id", "answer"),
    "anls": ("questionId", "answer"),
    "coco_caption": ("image_id", "caption"),
    "pope": ("question_id", "text"),
    "amber": ("id", "response"),
}


def may_be_passed_on(benchmark_run: BenchmarkRun) -> bool:
    """A bucket without a source is the researcher's own."""
    source = Source.objects.filter(bucket=benchmark_run.benchmark.bucket).first()
    return source is None or source.may_be_passed_on


def _rows(benchmark_run: BenchmarkRun) -> Iterator[tuple[Item, Score]]:
    items = items_of(benchmark_run.benchmark.bucket)
    for score in benchmark_run.scores.select_related("answer__task").defer("answer__trace").iterator(2000):
        yield items[score.answer.task_id], score


def official(benchmark_run: BenchmarkRun) -> str:
    """A list of ids and answers, named as the benchmark's own script reads them."""
    protocol = benchmark_run.benchmark.protocol
    names = next((names for start, names in OFFICIAL_NAMES.items() if protocol.startswith(start)), ("id", "prediction"))
    rows = [dict(zip(names, (item.id, score.answer.text or ""), strict=True)) for item, score in _rows(benchmark_run)]
    return json.dumps(rows, ensure_ascii=False, indent=0)


def vlmevalkit(benchmark_run: BenchmarkRun) -> str:
    """TSV with a column `prediction`."""
    stream, open_to_all = io.StringIO(), may_be_passed_on(benchmark_run)
    table = csv.writer(stream, delimiter="\t", lineterminator="\n")
    letters = sorted({letter for item in items_of(benchmark_run.benchmark.bucket).values() for letter in item.choices})
    shown = ["question", *letters, "answer"] if open_to_all else []
    table.writerow(["index", *shown, "category", "prediction", "hit"])
    for item, score in _rows(benchmark_run):
        truth = item.references[0] if len(item.references) == 1 else json.dumps(list(item.references))
        asked = [score.answer.task.instruction, *(item.choices.get(letter, "") for letter in letters), truth]
        table.writerow(
            [item.id, *(asked if open_to_all else []), item.category, score.answer.text or "", f"{score.value:g}"]
        )
    return stream.getvalue()


def lmms_eval(benchmark_run: BenchmarkRun) -> str:
    """Samples, one JSON object a line."""
    open_to_all = may_be_passed_on(benchmark_run)
    return "".join(
        json.dumps(_sample(item, score, open_to_all), ensure_ascii=False) + "\n" for item, score in _rows(benchmark_run)
    )


def _sample(item: Item, score: Score, open_to_all: bool) -> dict[str, Any]:
    said = score.answer.text or ""
    sample = {"doc_id": item.id, "resps": [[said]], "filtered_resps": [score.parsed or ""], **score.scores}
    return sample | {"input": score.answer.task.instruction, "target": list(item.references)} if open_to_all else sample


EXPORTS: dict[str, tuple[str, Callable[[BenchmarkRun], str]]] = {
    "official": ("json", official),
    "vlmevalkit": ("tsv", vlmevalkit),
    "lmms-eval": ("jsonl", lmms_eval),
}
