"""Potato's annotations, JSON Lines or CSV: user, instance and the chosen label of one pairwise scheme."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from apps.assessment.domain.elsewhere import (
    MEANT,
    Told,
    Wrong,
    gettext_noop,
    json_lines,
    optional,
    required,
    verdict_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

name, label = "potato", "Potato (JSONL, CSV)"
CHOSEN = (True, "true", "True", "1", 1)


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    for line in json_lines(text) if text.lstrip().startswith("{") else _table(text):
        if isinstance(line, Wrong):
            yield line
            continue
        try:
            yield _judgment(*line, names)
        except Wrong as wrong:
            yield wrong


def _table(text: str) -> Iterator[tuple[int, dict[str, Any]] | Wrong]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        for row, said in enumerate(rows, start=2):
            labels: dict[str, dict[str, Any]] = {}
            for key, value in said.items():
                scheme, apart, label_name = str(key).partition(":::")
                if apart and value:
                    labels.setdefault(scheme, {})[label_name] = value
            yield row, {**said, "label_annotations": labels}
    except csv.Error as problem:
        yield Wrong(
            rows.line_num,
            "line",
            gettext_noop("can’t be read (%(problem)s). Export it again as JSONL."),
            {"problem": problem},
        )


def _judgment(row: int, said: dict[str, Any], names: tuple[str, str]) -> Told:
    return Told(
        row,
        required(said, row, "instance_id", "id"),
        required(said, row, "user_id", "user"),
        _verdict(said.get("label_annotations"), row),
        names[0],
        names[1],
        instruction=optional(said, row, "displayed_text"),
    )


def _verdict(schemes: Any, row: int) -> str:
    """Of the first scheme that speaks of a preference: {"preference": {"A": "true"}} or {"pref": {"overall": "A"}}."""
    for labels in schemes.values() if isinstance(schemes, dict) else ():
        for key, value in labels.items() if isinstance(labels, dict) else ():
            if value in CHOSEN and str(key).lower() in MEANT:
                return verdict_of(key, row, "label_annotations")
            if isinstance(value, str) and value.lower() in MEANT:
                return verdict_of(value, row, "label_annotations")
    raise Wrong(row, "label_annotations", gettext_noop("names no A, B or tie. Export the pairwise scheme with it."))
