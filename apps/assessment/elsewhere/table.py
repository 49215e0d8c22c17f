"""A plain CSV: task, assessor, verdict; and, where known, the pipelines, the texts and how it was judged.

Any other column is something said beside the verdict: a preference (`grammar`: a, tie, b), or a number for each answer
in two columns (`fluency_a` and `fluency_b`; in `error_spans_a` and the like they are numbers of faults).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from apps.assessment.domain.elsewhere import (
    Told,
    Wrong,
    gettext_noop,
    moment_of,
    optional,
    read_each,
    required,
    seconds_of,
)
from apps.assessment.elsewhere.cells import table_rows
from apps.assessment.elsewhere.pairing import paired

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

name, label = "csv", "CSV"
SIDES = {"": True, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
TEXTS = ("instruction", "answer_a", "answer_b", "language", "cluster", "comment")
KNOWN = {"task", "assessor", "model_a", "model_b", "a_on_left", "seconds", "judged_at", *TEXTS}


def read(text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]:
    yield from read_each(table_rows(text), partial(_judgment, names=names))


def _judgment(row: int, said: Mapping[str, str], names: tuple[str, str]) -> Told:
    side = said.get("a_on_left", "").strip().lower()
    if side not in SIDES:
        raise Wrong(row, "a_on_left", gettext_noop("is neither true nor false. Write one of them, or leave it out."))
    return Told(
        row,
        required(said, row, "task"),
        required(said, row, "assessor"),
        optional(said, row, "model_a", names[0]),
        optional(said, row, "model_b", names[1]),
        paired({column: value for column, value in said.items() if column not in KNOWN}),
        instruction=said.get("instruction", ""),
        answer_a=said.get("answer_a", ""),
        answer_b=said.get("answer_b", ""),
        language=optional(said, row, "language", "und"),
        cluster=said.get("cluster", ""),
        a_on_left=SIDES[side],
        seconds=seconds_of(said.get("seconds"), row, "seconds"),
        judged_at=moment_of(said.get("judged_at"), row, "judged_at"),
        comment=said.get("comment", ""),
    )
