"""Label Studio's exports of a project that compares two answers: JSON, and JSON-MIN.

As HumanSignal/label-studio documents them (docs/source/guide/export.md and task_format.md) and label-studio-sdk 2
writes them (src/label_studio_sdk/converter/converter.py). Every control tag is known by its `from_name`: Pairwise and
Choices say a preference; Rating and Number a number of the answer that `to_name` or the tag's own name tells; Labels
are spans, whose number by label is a number of faults. What a Pairwise tag leaves open is a tie: Choices may say so in
its place, and an annotation without any result does. `data` may name model_a and model_b.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    Pair,
    Told,
    Wrong,
    gettext_noop,
    json_of,
    meaning,
    moment_of,
    optional,
    read_each,
    required,
    seconds_of,
)
from apps.assessment.elsewhere.pairing import paired, side_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

name, label = "label_studio", "Label Studio (JSON, JSON-MIN)"
ASKED = ("prompt", "instruction", "question")
LEFT = ("answer1", "answer_a", "text1", "left", "response1")
RIGHT = ("answer2", "answer_b", "text2", "right", "response2")
DATA = {*ASKED, *LEFT, *RIGHT, "model_a", "model_b", "language", "cluster"}
OF_ANNOTATION = {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"}
OPEN = ("tie", "both_bad")


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    tasks = json_of(text)
    if not isinstance(tasks, list):
        why = gettext_noop("is no list of tasks. Export the project as JSON.")
        yield tasks if isinstance(tasks, Wrong) else Wrong(0, "file", why)
        return
    told = list(_annotated(tasks))
    project = _Project([part for one in told if not isinstance(one, Wrong) for part in one[3]])
    yield from read_each(told, partial(_judgment, names=names, project=project))


class _Project:
    """What its results tell of its tags: the first that compares, whose side each answer is on, which spans it asks
    for."""

    def __init__(self, parts: list[dict[str, Any]]) -> None:
        compares = [part for part in parts if "selected" in part["value"] and part.get("from_name")]
        self.pairwise = str(compares[0]["from_name"]) if compares else "verdict"
        compared = str(compares[0].get("to_name") or "").split(",") if compares else []
        self.sides = {name.strip(): not place for place, name in enumerate(compared)} if len(compared) == 2 else {}
        self.spans = sorted({word for part in parts for word, _ in self.marked(part)})

    def side(self, part: dict[str, Any]) -> bool | None:
        """Whether it is about the first answer, None where nothing tells."""
        target = str(part.get("to_name") or "")
        found = side_of(target) or side_of(str(part.get("from_name") or ""))
        return self.sides.get(target, found[1] if found else None)

    def marked(self, part: dict[str, Any]) -> list[tuple[str, bool]]:
        labels, side = part["value"].get("labels"), self.side(part)
        return [(str(word), side) for word in labels] if isinstance(labels, list) and side is not None else []


Annotated = tuple[int, dict[str, Any], dict[str, Any], list[dict[str, Any]]]  # row, data, annotation, its results


def _annotated(tasks: list[Any]) -> Iterator[Annotated | Wrong]:
    for row, task in enumerate(tasks, start=1):
        if isinstance(task, dict) and "annotation_id" in task:
            yield row, task, {**task, "completed_by": task.get("annotator")}, list(_of_min(task))
            continue
        made = task.get("annotations") if isinstance(task, dict) else None
        if not isinstance(made, list) or not isinstance(task.get("data"), dict):
            yield Wrong(row, "annotations", gettext_noop("is missing. Export the project as JSON or JSON-MIN."))
            continue
        for annotation in made:
            if isinstance(annotation, dict) and not annotation.get("was_cancelled"):
                result = annotation.get("result")
                parts = [part for part in result if _is_part(part)] if isinstance(result, list) else None
                if parts is None:
                    yield Wrong(row, "result", gettext_noop("is missing. Export completed annotations."))
                else:
                    yield row, {**task["data"], "id": task.get("id")}, annotation, parts


def _is_part(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("value"), dict)


def _of_min(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """JSON-MIN has the values under the tag's name, a single choice as a word; the data stands beside them."""
    for key, value in task.items():
        if key in DATA or key in OF_ANNOTATION:
            continue
        if isinstance(value, str) and meaning(value):
            yield {"from_name": key, "value": {"choices": [value]}}
        elif isinstance(value, list):
            yield from ({"from_name": key, "value": part} for part in value if isinstance(part, dict))


def _judgment(
    row: int,
    data: dict[str, Any],
    annotation: dict[str, Any],
    parts: list[dict[str, Any]],
    names: tuple[str, str],
    project: _Project,
) -> Told:
    by = annotation.get("completed_by")
    who = by if isinstance(by, dict) else {"completed_by": by}
    return Told(
        row,
        required(data, row, "id"),
        required(who, row, "completed_by", "email", "id"),
        optional(data, row, "model_a", names[0]),
        optional(data, row, "model_b", names[1]),
        _said(parts, project),
        instruction=_first(data, row, ASKED),
        answer_a=_first(data, row, LEFT),
        answer_b=_first(data, row, RIGHT),
        language=optional(data, row, "language", "und"),
        cluster=optional(data, row, "cluster"),
        seconds=seconds_of(annotation.get("lead_time"), row, "lead_time"),
        judged_at=moment_of(annotation.get("created_at"), row, "created_at"),
    )


def _said(parts: list[dict[str, Any]], project: _Project) -> dict[str, str | Pair]:
    leaves: dict[str, object] = {}
    for part in parts:
        key, value, side = str(part.get("from_name") or project.pairwise), part["value"], project.side(part)
        if "selected" in value:
            leaves[key] = str(value["selected"])
        elif isinstance(value.get("choices"), list) and value["choices"]:
            leaves[key] = ", ".join(map(str, value["choices"]))
        elif "rating" in value or "number" in value:
            named = key if side is None or side_of(key) else f"{key} {'a' if side else 'b'}"
            leaves[named] = value.get("rating", value.get("number"))
    if project.pairwise not in leaves:
        spare = next((word for word in leaves.values() if isinstance(word, str) and meaning(word) in OPEN), None)
        if spare or not parts:
            leaves[project.pairwise] = spare or "tie"
    marked = Counter(found for part in parts for found in project.marked(part))
    faults = {word: Pair(marked[word, True], marked[word, False], faults=True) for word in project.spans}
    return {**paired(leaves), **faults}


def _first(data: dict[str, Any], row: int, names: tuple[str, ...]) -> str:
    return next((optional(data, row, name) for name in names if data.get(name)), "")
