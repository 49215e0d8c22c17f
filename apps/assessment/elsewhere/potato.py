"""Potato's annotations, in the shapes that davidjurgens/potato writes.

- `annotated_instances.jsonl`, `.csv` and `.tsv` (potato/flask_server.py, v1: `id`, `displayed_text`,
  `label_annotations` of {scheme: {label: value}}, `behavioral_data`; tables have `user` and `scheme:::label`);
- `annotation_output/<user>/user_state.json` (v2; potato/export/cli.py: labels by scheme, or pairs of
  {"schema", "name"} and value), alone, or the whole folder as a ZIP, which also tells who judged a file of v1;
- `annotations.jsonl`, `.csv` and `.tsv` of `python -m potato.export` (potato/export/tabular_exporter.py, 2026:
  `instance_id`, `user_id`, `labels`; tables have `scheme.label`).

Of its schemes (docs/annotation-types/comparison and measurement): pairwise by `selection`, by `scale_value` (below zero
the left is better) and in several dimensions; radio and Likert, which names a point `scale_3`; multirate and rubric.
A scale counts when it is asked of each answer: schemes or rows whose names differ only in A and B. Spans are not read.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    Told,
    Wrong,
    gettext_noop,
    json_lines,
    json_of,
    moment_of,
    optional,
    read_each,
    required,
    seconds_of,
)
from apps.assessment.elsewhere.archive import joined
from apps.assessment.elsewhere.cells import table_rows
from apps.assessment.elsewhere.pairing import number_of, paired, side_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

name, label = "potato", "Potato (JSON, JSONL, CSV, TSV, ZIP)"
STATE = "instance_id_to_label_to_value"
COLUMNS = {"user", "user_id", "id", "instance_id", "displayed_text"}
NOT_CHOSEN = (None, "", False, "false", "False", "FALSE")
CHOSEN = (True, "true", "True", "TRUE", 1, "1")
SCALE_POINT = re.compile(r"(?:scale_)?(\d+)")
REASONS = {"justification", "text_box", "bad_text"}
WORKED = re.compile(r"(\d{1,9})d (\d{1,9})h (\d{1,9})m (\d{1,9})s")


def unpack(content: bytes) -> str:
    """The folder annotation_output in a ZIP, as JSON Lines."""
    return "\n".join(joined(content, ("user_state.json", "annotated_instances.jsonl")))


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    yield from read_each(_lines(text), partial(_judgment, names=names))


def _lines(text: str) -> Iterator[tuple[int, dict[str, Any]] | Wrong]:
    if not text.lstrip().startswith("{"):
        yield from (line if isinstance(line, Wrong) else (line[0], _table(line[1])) for line in table_rows(text))
        return
    whole = json_of(text)  # a state is often written over many lines
    for line in [(1, whole)] if isinstance(whole, dict) else json_lines(text):
        if isinstance(line, Wrong) or STATE not in line[1]:
            yield line
        else:
            yield from _state(*line)


def _table(cells: Mapping[str, str]) -> dict[str, Any]:
    labels: dict[str, Any] = {}
    apart = ":::" if any(":::" in column for column in cells) else "."
    for column, value in cells.items():
        if column not in COLUMNS and value and not column.endswith("._spans"):
            scheme, _, chosen = column.partition(apart)
            labels.setdefault(scheme, {})[chosen] = value
    return {**cells, "labels": labels}


def _state(row: int, said: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]] | Wrong]:
    times = said.get("instance_id_to_behavioral_data")
    if not isinstance(said[STATE], dict):
        yield Wrong(row, STATE, gettext_noop("names no labels by instance. Copy user_state.json again."))
        return
    for instance, labels in said[STATE].items():
        behaviour = times.get(instance) if isinstance(times, dict) else None
        found = {"user_id": said.get("user_id"), "instance_id": instance, "labels": labels}
        yield row, {**found, "behavioral_data": behaviour}


def _judgment(row: int, said: dict[str, Any], names: tuple[str, str]) -> Told:
    labels = said.get("label_annotations", said.get("labels"))
    leaves = dict(_leaves(_by_scheme(labels, row)))
    if not leaves:
        raise Wrong(row, "label_annotations", gettext_noop("names no A, B or tie. Export the pairwise scheme with it."))
    behaviour = said.get("behavioral_data")
    times = behaviour if isinstance(behaviour, dict) else {}
    return Told(
        row,
        required(said, row, "instance_id", "id"),
        required(said, row, "user_id", "user"),
        names[0],
        names[1],
        paired(leaves),
        instruction=optional(said, row, "displayed_text"),
        seconds=_seconds(times, row),
        judged_at=moment_of(times.get("session_end"), row, "session_end"),
    )


def _seconds(times: Mapping[str, Any], row: int) -> float:
    if found := WORKED.search(str(times.get("time_string", ""))):
        days, hours, minutes, seconds = map(int, found.groups())
        return seconds_of(((days * 24 + hours) * 60 + minutes) * 60 + seconds, row, "time_string")
    return seconds_of((number_of(times.get("total_time_ms")) or 0) / 1000, row, "total_time_ms")


def _by_scheme(labels: Any, row: int) -> dict[str, Any]:
    """{scheme: {label: value}}, of whichever of the three shapes."""
    if not isinstance(labels, list):
        return labels if isinstance(labels, dict) else {}
    found: dict[str, Any] = {}
    for entry in labels:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], dict):
            why = gettext_noop("holds something else than pairs of a label and its value. Copy user_state.json again.")
            raise Wrong(row, STATE, why)
        found.setdefault(str(entry[0].get("schema")), {})[str(entry[0].get("name"))] = entry[1]
    return found


def _leaves(schemes: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Each thing that was said, by a name of its own."""
    for scheme, given in schemes.items():
        inner = given.get("labels") if isinstance(given, dict) else None
        labels = inner if isinstance(inner, dict) else given if isinstance(given, dict) else {"": given}
        said = {key: value for key, value in labels.items() if value not in NOT_CHOSEN and key not in REASONS}
        if len(said) == 1:
            yield from _single(scheme, *next(iter(said.items())))
        else:
            yield from ((_row_name(scheme, key), value) for key, value in said.items())


def _single(scheme: str, key: str, value: Any) -> Iterator[tuple[str, object]]:
    point = SCALE_POINT.fullmatch(key)
    if key == "scale_value":
        leaning = number_of(value)
        yield scheme, value if leaning is None else "a" if leaning < 0 else "b" if leaning > 0 else "tie"
    elif point and (value in CHOSEN or str(value) == point[1]):
        yield scheme, point[1]
    elif value in CHOSEN:
        yield scheme, key
    elif key in ("", "selection", "slider", scheme):
        yield scheme, value
    else:
        yield _row_name(scheme, key), value


def _row_name(scheme: str, key: str) -> str:
    """A row that is named after an answer is about what its scheme is about."""
    side = side_of(key)
    return f"{scheme} {key}" if side and not side[0] else key
