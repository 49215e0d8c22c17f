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
    "amber": ("id", "response"),
}
BY_ID = ("mmmu", "aokvqa")  # one object, answers by id


def may_be_passed_on(benchmark_run: BenchmarkRun) -> bool:
    """A bucket without a source is the researcher's own."""
    source = Source.objects.filter(bucket=benchmark_run.benchmark.bucket).first()
    return source is None or source.may_be_passed_on


def _rows(benchmark_run: BenchmarkRun) -> Iterator[tuple[Item, Score]]:
    items = items_of(benchmark_run.benchmark.bucket)
    for score in benchmark_run.scores.select_related("answer__task").defer("answer__trace").iterator(2000):
        yield items[score.answer.task_id], score


def official(benchmark_run: BenchmarkRun) -> str:
    """What the benchmark's own script reads: as a rule a list of ids and answers. Their ids are numbers where they were
    in the questions; a text in their place would match none.
    """
    protocol = benchmark_run.benchmark.protocol
    said = [(item, score.answer.text or "") for item, score in _rows(benchmark_run)]
    if protocol.startswith(BY_ID):
        key = "direct_answer" if protocol.startswith("aokvqa") else ""
        return json.dumps({item.id: {key: text} if key else text for item, text in said}, ensure_ascii=False, indent=0)
    if protocol.startswith("pope"):
        return "".join(json.dumps(_pope(item, text), ensure_ascii=False) + "\n" for item, text in said)
    names = next((names for start, names in OFFICIAL_NAMES.items() if protocol.startswith(start)), ("id", "prediction"))
    rows = [dict(zip(names, (_number(item.id), text), strict=True)) for item, text in said]
    return json.dumps(rows, ensure_ascii=False, indent=0)


def _number(text: str) -> str | int:
    """The number that `text` is the one way to write, else `text`."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
    return text if number is None or str(number) != text else number


def _pope(item: Item, text: str) -> dict[str, Any]:
    """A line; POPE's script reads `answer`, LLaVA's `text`. Its three files count their questions each for itself."""
    number = item.id.removeprefix(f"{item.category}-")
    return {"question_id": _number(number), "category": item.category, "answer": text, "text": text}


def vlmevalkit(benchmark_run: BenchmarkRun) -> str:
    """TSV with a column `prediction`."""
    stream, open_to_all = io.StringIO(), may_be_passed_on(benchmark_run)
    table = csv.writer(stream, delimiter="\t", lineterminator="\n")
    letters = sorted({letter for item in items_of(benchmark_run.benchmark.bucket).values() for letter in item.choices})
    shown = ["question", *letters, "answer"] if open_to_all else []
    table.writerow(["index", *shown, "category", "prediction", "hit"])
    for item, score in _rows(benchmark_run):
        single = len(item.references) == 1 and not benchmark_run.benchmark.protocol.startswith("ocrbench")
        truth = item.references[0] if single else json.dumps(list(item.references))  # its OCRBench reads lists alone
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
    """`doc_id` is the number of a row, as lmms-eval counts them; `doc` has the question's own id."""
    said, task = score.answer.text or "", score.answer.task
    asked = {"input": task.instruction, "target": list(item.references)} if open_to_all else {}
    fields = {"doc_id": task.position, "doc": {"id": item.id}, **asked, "resps": [[said]]}
    return {**score.scores, **fields, "filtered_resps": [score.parsed or ""]}


EXPORTS: dict[str, tuple[str, Callable[[BenchmarkRun], str]]] = {
    "official": ("json", official),
    "vlmevalkit": ("tsv", vlmevalkit),
    "lmms-eval": ("jsonl", lmms_eval),
}
