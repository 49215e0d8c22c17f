"""A plain CSV: task, assessor, verdict; and, where known, the pipelines, the texts and how it was judged."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from apps.assessment.domain.elsewhere import (
    Told,
    Wrong,
    gettext_noop,
    moment_of,
    optional,
    required,
    seconds_of,
    verdict_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

name, label = "csv", "CSV"
SIDES = {"": True, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        for row, said in enumerate(rows, start=2):
            try:
                yield _judgment(row, {str(key): value for key, value in said.items()}, names)
            except Wrong as wrong:
                yield wrong
    except csv.Error as problem:
        yield Wrong(
            rows.line_num,
            "line",
            gettext_noop("can’t be read (%(problem)s). Save it as CSV in UTF-8 with commas."),
            {"problem": problem},
        )


def _judgment(row: int, said: dict[str, str | None], names: tuple[str, str]) -> Told:
    side = (said.get("a_on_left") or "").strip().lower()
    if side not in SIDES:
        raise Wrong(row, "a_on_left", gettext_noop("is neither true nor false. Write one of them, or leave it out."))
    return Told(
        row,
        required(said, row, "task"),
        required(said, row, "assessor"),
        verdict_of(said.get("verdict"), row, "verdict"),
        optional(said, row, "model_a", names[0]),
        optional(said, row, "model_b", names[1]),
        instruction=optional(said, row, "instruction"),
        answer_a=optional(said, row, "answer_a"),
        answer_b=optional(said, row, "answer_b"),
        language=optional(said, row, "language", "und"),
        cluster=optional(said, row, "cluster"),
        a_on_left=SIDES[side],
        seconds=seconds_of(said.get("seconds"), row, "seconds"),
        judged_at=moment_of(said.get("judged_at"), row, "judged_at"),
        comment=optional(said, row, "comment"),
    )
