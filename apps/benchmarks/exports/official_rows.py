"""Official results that are rows of the questions, or figures, with the answers: of ScienceQA, ChartQA, HallusionBench,
OCRBench and MathVista. What may not be passed on is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import LETTERS, texts_of
from apps.benchmarks.protocols.mathvista import extract, truths
from apps.benchmarks.protocols.ocrbench import HANDWRITTEN

if TYPE_CHECKING:
    from apps.benchmarks.exports.answers import Said


def scienceqa(said: list[Said], open_to_all: bool) -> dict[str, Any]:
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


def chartqa(said: list[Said], open_to_all: bool) -> dict[str, list[Any]]:
    """The arguments of pix2struct_metrics(targets, predictions), and the ids in the same order."""
    targets = {"targets": [list(each.item.references) for each in said]} if open_to_all else {}
    return {"ids": [each.item.id for each in said], "predictions": [each.text for each in said], **targets}


def hallusionbench(said: list[Said], open_to_all: bool) -> list[dict[str, Any]]:
    """HallusionBench_result.json, as evaluation.py and its judge read it: rows with `model_prediction`."""
    return [_hallusion_row(each, open_to_all) for each in said]


def _hallusion_row(said: Said, open_to_all: bool) -> dict[str, Any]:
    names = ("category", "subcategory", "visual_input", "set_id", "figure_id", "question_id", "filename", "sample_note")
    row = {name: said.item.fact(name) for name in names}
    if open_to_all:
        truth = said.item.references[0].lower()
        row["question"] = said.question
        row["gt_answer"] = "1" if truth == "yes" else "0"
        row["gt_answer_details"] = said.item.fact("gt_answer_details") or truth
    return {**row, "model_prediction": said.text}


def ocrbench(said: list[Said], open_to_all: bool) -> list[dict[str, Any]]:
    """OCRBench.json with `predict`, as example.py counts it; of `dataset_name` it must know handwritten mathematics."""
    return [_ocrbench_row(each, open_to_all) for each in said]


def _ocrbench_row(said: Said, open_to_all: bool) -> dict[str, Any]:
    kind = said.item.category
    data_set = said.item.fact("dataset_name") or ("HME100k" if kind == HANDWRITTEN else "")
    asked = {"question": said.question, "answers": list(said.item.references)} if open_to_all else {}
    return {"id": said.number, "type": kind, "dataset_name": data_set, **asked, "predict": said.text}


def mathvista(said: list[Said], open_to_all: bool) -> dict[str, Any]:
    """Problems by pid, as calculate_score.py reads them: it takes `extraction`, and writes `prediction` anew."""
    return {each.item.id: _problem(each, open_to_all) for each in said}


def _problem(said: Said, open_to_all: bool) -> dict[str, Any]:
    item, precision = said.item, said.item.fact("precision").removesuffix(".0")
    asked = {
        "question": said.question,
        "query": said.score.answer.task.instruction,
        "choices": list(item.choices.values()) or None,
        "answer": truths(item)[0],
    }
    return {
        "pid": item.id,
        **(asked if open_to_all else {}),
        "question_type": item.fact("question_type") or ("multi_choice" if item.choices else "free_form"),
        "answer_type": item.fact("answer_type") or "text",
        "precision": int(precision) if precision.isdecimal() else None,
        "metadata": _metadata(said),
        "response": said.text,
        "extraction": extract(said.text),
        "prediction": said.read(open_to_all=open_to_all) or None,
        "true_false": said.score.value == 1,
    }


def _metadata(said: Said) -> dict[str, Any]:
    """calculate_score.py makes a table by each of these."""
    names = ("category", "task", "language", "source", "context", "grade")
    skills = said.item.facts.get("skills") or []
    return {**{name: said.item.fact(name) for name in names}, "skills": texts_of(skills)}
