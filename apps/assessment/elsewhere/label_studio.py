"""Label Studio's JSON export of a project with a Pairwise tag; a tie is one of its Choices, or an empty result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    Told,
    Wrong,
    gettext_noop,
    json_of,
    moment_of,
    optional,
    required,
    seconds_of,
    verdict_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

name, label = "label_studio", "Label Studio (JSON)"
ASKED = ("prompt", "instruction", "question")
LEFT = ("answer1", "answer_a", "text1", "left", "response1")
RIGHT = ("answer2", "answer_b", "text2", "right", "response2")


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    tasks = json_of(text)
    if not isinstance(tasks, list):
        yield (
            tasks
            if isinstance(tasks, Wrong)
            else Wrong(0, "file", gettext_noop("is no list of tasks. Export the project as JSON."))
        )
        return
    for row, task in enumerate(tasks, start=1):
        made = task.get("annotations") if isinstance(task, dict) else None
        if not isinstance(made, list) or not isinstance(task.get("data"), dict):
            yield Wrong(row, "annotations", gettext_noop("is missing. Export the project as JSON, not as JSON-MIN."))
            continue
        for annotation in made:
            if isinstance(annotation, dict) and not annotation.get("was_cancelled"):
                try:
                    yield _judgment(row, task, annotation, names)
                except Wrong as wrong:
                    yield wrong


def _judgment(row: int, task: dict[str, Any], annotation: dict[str, Any], names: tuple[str, str]) -> Told:
    data, by = task["data"], annotation.get("completed_by")
    who = by if isinstance(by, dict) else {"completed_by": by}
    return Told(
        row,
        required(task, row, "id"),
        required(who, row, "completed_by", "email", "id"),
        _verdict(annotation.get("result"), row),
        optional(data, row, "model_a", names[0]),
        optional(data, row, "model_b", names[1]),
        instruction=_first(data, row, ASKED),
        answer_a=_first(data, row, LEFT),
        answer_b=_first(data, row, RIGHT),
        language=optional(data, row, "language", "und"),
        cluster=optional(data, row, "cluster"),
        seconds=seconds_of(annotation.get("lead_time"), row, "lead_time"),
        judged_at=moment_of(annotation.get("created_at"), row, "created_at"),
    )


def _verdict(result: Any, row: int) -> str:
    values = [item.get("value") for item in result if isinstance(item, dict)] if isinstance(result, list) else None
    if values is None:
        raise Wrong(row, "result", gettext_noop("is missing. Export completed annotations."))
    for value in (value for value in values if isinstance(value, dict)):
        if "selected" in value:
            return verdict_of(value["selected"], row, "selected")
        if isinstance(value.get("choices"), list) and value["choices"]:
            return verdict_of(value["choices"][0], row, "choices")
    return "tie"


def _first(data: dict[str, Any], row: int, names: tuple[str, ...]) -> str:
    return next((optional(data, row, name) for name in names if data.get(name)), "")
