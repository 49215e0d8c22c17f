"""What a benchmark's own script reads, found by the catalogue's entry or by the protocol. Ids are numbers where they
were in the questions; a text in their place would match none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.benchmarks.exports.answers import answers_of, source_of
from apps.benchmarks.exports.official_lines import mme, mmmu_pro, pope
from apps.benchmarks.exports.official_rows import chartqa, hallusionbench, mathvista, ocrbench, scienceqa

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.benchmarks.exports.answers import Said
    from apps.benchmarks.models import BenchmarkRun

NAMES = {
    "vqa_v2": ("question_id", "answer"),
    "textvqa": ("question_id", "answer"),
    "anls": ("questionId", "answer"),
    "coco_caption": ("image_id", "caption"),
    "amber": ("id", "response"),
}


def official(benchmark_run: BenchmarkRun) -> str | bytes:
    """JSON; POPE's and MMMU-Pro's as lines, MME's as a ZIP of tables."""
    said, source, protocol = list(answers_of(benchmark_run)), source_of(benchmark_run), benchmark_run.benchmark.protocol
    entry = source.entry if source else ""
    write = next((form for start, form in FORMS.items() if start == entry or protocol.startswith(start)), None)
    names = next((names for start, names in NAMES.items() if protocol.startswith(start)), ("id", "prediction"))
    open_to_all = source is None or source.may_be_passed_on
    body = write(said, open_to_all) if write else [_named(each, names) for each in said]
    return body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False, indent=0)


def _named(said: Said, names: tuple[str, str]) -> dict[str, Any]:
    return dict(zip(names, (said.number, said.text), strict=True))


def _by_id(said: list[Said], open_to_all: bool) -> dict[str, Any]:
    return {each.item.id: each.text for each in said}


def _aokvqa(said: list[Said], open_to_all: bool) -> dict[str, Any]:
    return {each.item.id: {"direct_answer": each.text} for each in said}


def _gqa(said: list[Said], open_to_all: bool) -> list[dict[str, Any]]:
    """eval.py compares texts as they are, with answers in small letters: so what was read goes out, not “Yes.”."""
    return [
        {"questionId": each.item.id, "prediction": each.read(open_to_all=open_to_all) or each.text} for each in said
    ]


FORMS: dict[str, Callable[[list[Said], bool], Any]] = {
    "pope": pope,
    "mme": mme,
    "mmmu_pro": mmmu_pro,
    "mmmu": _by_id,
    "aokvqa": _aokvqa,
    "gqa": _gqa,
    "scienceqa": scienceqa,
    "chartqa": chartqa,
    "hallusionbench": hallusionbench,
    "ocrbench": ocrbench,
    "mathvista": mathvista,
}
