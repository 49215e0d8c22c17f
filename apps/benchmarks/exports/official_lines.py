"""Official results in lines: of POPE, MMMU-Pro and MME. What may not be passed on is left out, or an empty column."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

from apps.benchmarks.exports.answers import number_of

if TYPE_CHECKING:
    from apps.benchmarks.exports.answers import Said


def pope(said: list[Said], open_to_all: bool) -> str:
    return _lines([_pope_line(each) for each in said])


def _pope_line(said: Said) -> dict[str, Any]:
    """POPE's script reads `answer`, LLaVA's `text`. Its three files count their questions each for itself."""
    number = said.item.id.removeprefix(f"{said.item.category}-")
    return {"question_id": number_of(number), "category": said.item.category, "answer": said.text, "text": said.text}


def mmmu_pro(said: list[Said], open_to_all: bool) -> str:
    """What evaluate.py reads of a line: `options`, `answer`, `response`."""
    return _lines([_mmmu_pro_line(each, open_to_all) for each in said])


def _mmmu_pro_line(said: Said, open_to_all: bool) -> dict[str, Any]:
    asked = {"options": list(said.item.choices.values()), "answer": said.item.references[0]} if open_to_all else {}
    return {"id": said.item.id, **asked, "response": said.text}


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def mme(said: list[Said], open_to_all: bool) -> bytes:
    """The folder of calculation.py, packed: a file for each subtask, lines of picture, question, truth and answer. It
    takes lines by twos, so those of a picture stand together.
    """
    subtasks: dict[str, dict[str, list[str]]] = {}
    for each in said:
        pictures = subtasks.setdefault(re.sub(r"[^\w-]", "_", each.item.category), {})
        pictures.setdefault(each.item.cluster, []).append(_mme_line(each, open_to_all))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as files:
        for name, pictures in subtasks.items():
            files.writestr(f"{name}.txt", "".join(line for pair in pictures.values() for line in pair))
    return stream.getvalue()


def _mme_line(said: Said, open_to_all: bool) -> str:
    """An answer with tabs or line breaks is one column of one line; what they part is read as it was."""
    asked = [said.question, said.item.references[0]] if open_to_all else ["", ""]
    columns = [said.item.group or said.item.id, *asked, said.text]
    return "\t".join(re.sub(r"[\t\r\n]", " ", column) for column in columns) + "\n"
