"""What a benchmark's own script reads, found by the catalogue's entry or by the protocol. Ids are numbers where they
were in the questions; a text in their place would match none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import LETTERS
from apps.benchmarks.exports.answers import Said, answers_of, source_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.benchmarks.models import BenchmarkRun

NAMES = {
    "vqa_v2": ("question_id", "answer"),
    "textvqa": ("question_id", "answer"),
    "anls": ("questionId", "answer"),
    "coco_caption": ("image_id", "caption"),
    "amber": ("id", "response"),
}


def official(benchmark_run: BenchmarkRun) -> str:
    """JSON; POPE's as lines."""
    said, source, protocol = list(answers_of(benchmark_run)), source_of(benchmark_run), benchmark_run.benchmark.protocol
    if protocol.startswith("pope"):
        return "".join(json.dumps(_pope(each), ensure_ascii=False) + "\n" for each in said)
    entry = source.entry if source else ""
    write = next((form for start, form in FORMS.items() if start == entry or protocol.startswith(start)), None)
    names = next((names for start, names in NAMES.items() if protocol.startswith(start)), ("id", "prediction"))
    open_to_all = source is None or source.may_be_passed_on
    body = write(said, open_to_all) if write else [_named(each, names) for each in said]
    return json.dumps(body, ensure_ascii=False, indent=0)


def _named(said: Said, names: tuple[str, str]) -> dict[str, Any]:
    return dict(zip(names, (_number(said.item.id), said.text), strict=True))


def _number(text: str) -> str | int:
    """The number that `text` is the one way to write, else `text`."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
    return text if number is None or str(number) != text else number


def _pope(said: Said) -> dict[str, Any]:
    """A line; POPE's script reads `answer`, LLaVA's `text`. Its three files count their questions each for itself."""
    number = said.item.id.removeprefix(f"{said.item.category}-")
    return {"question_id": _number(number), "category": said.item.category, "answer": said.text, "text": said.text}


def _by_id(said: list[Said], open_to_all: bool) -> dict[str, Any]:
    return {each.item.id: each.text for each in said}


def _aokvqa(said: list[Said], open_to_all: bool) -> dict[str, Any]:
    return {each.item.id: {"direct_answer": each.text} for each in said}


def _gqa(said: list[Said], open_to_all: bool) -> list[dict[str, Any]]:
    """eval.py compares texts as they are, with answers in small letters: so what was read goes out, not “Yes.”."""
    return [{"questionId": each.item.id, "prediction": each.score.parsed or each.text} for each in said]


def _scienceqa(said: list[Said], open_to_all: bool) -> dict[str, Any]:
    """As LLaVA writes results and ScienceQA's evaluate_acc.py reads them: places of choices, -1 where none was read."""
    correct = sum(each.score.value == 1 for each in said)
    return {
        "acc": 100 * correct / len(said),
        "correct": correct,
        "count": len(said),
        "results": {each.item.id: _place(each) for each in said},
        "outputs": {each.item.id: each.text for each in said},
    }


def _place(said: Said) -> int:
    letter = said.score.parsed
    return LETTERS.index(letter) if letter and letter in said.item.choices else -1


def _chartqa(said: list[Said], open_to_all: bool) -> dict[str, list[Any]]:
    """The arguments of pix2struct_metrics(targets, predictions), and the ids in the same order."""
    targets = {"targets": [list(each.item.references) for each in said]} if open_to_all else {}
    return {"ids": [each.item.id for each in said], "predictions": [each.text for each in said], **targets}


def _hallusionbench(said: list[Said], open_to_all: bool) -> list[dict[str, Any]]:
    """HallusionBench_result.json, as evaluation.py and its judge read it: rows with `model_prediction`."""
    return [_hallusion_row(each, open_to_all) for each in said]


def _hallusion_row(said: Said, open_to_all: bool) -> dict[str, Any]:
    names = ("category", "subcategory", "visual_input", "set_id", "figure_id", "question_id", "filename", "sample_note")
    row = {name: said.item.fact(name) for name in names}
    if open_to_all:
        truth = said.item.references[0].lower()
        row["question"] = said.item.fact("question") or said.score.answer.task.instruction
        row["gt_answer"] = "1" if truth == "yes" else "0"
        row["gt_answer_details"] = said.item.fact("gt_answer_details") or truth
    return {**row, "model_prediction": said.text}


FORMS: dict[str, Callable[[list[Said], bool], Any]] = {
    "mmmu": _by_id,
    "aokvqa": _aokvqa,
    "gqa": _gqa,
    "scienceqa": _scienceqa,
    "chartqa": _chartqa,
    "hallusionbench": _hallusionbench,
}
