"""Tables of text on a sheet: the first column to the left, the others to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from apps.reports import wording
from apps.reports.paper.sheet import INK, LEFT, RIGHT, SOFT, Sheet, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.statistics.undefined import Reason

SIZES, LEADING, GAP = (7.5, 7.0, 6.5, 6.0, 5.5), 10.0, 12.0
FIRST = 90.0  # the least that the first column needs


def draw_table(sheet: Sheet, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, heads broken between words, the first column takes the rest; letters get
    smaller where that is too wide. A page's continuation repeats the head."""
    size, widths = _fitted(head, rows)
    widths = [RIGHT - LEFT - sum(widths), *widths]
    sheet.room(LEADING * 5)
    _row(sheet, head, widths, size, colour=SOFT, bold=True)
    for row in rows:
        if sheet.y + LEADING * 2 > 780:
            sheet.turn()
            _row(sheet, head, widths, size, colour=SOFT, bold=True)
        _row(sheet, row, widths, size)
    sheet.y += 8


def _fitted(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[float, list[float]]:
    """The size of letters and the widths of all columns but the first."""
    for size in SIZES:
        widths = [
            GAP
            + max(
                *(text_width(word, size, bold=True) for word in head[place].split()),
                *(text_width(row[place], size) for row in rows),
                0.0,
                0.0,
            )
            for place in range(1, len(head))
        ]
        if sum(widths) + FIRST <= RIGHT - LEFT:
            return size, widths
    share = (RIGHT - LEFT - FIRST) / sum(widths)
    return size, [width * share for width in widths]


def _row(
    sheet: Sheet, cells: Sequence[str], widths: Sequence[float], size: float, *, colour: str = INK, bold: bool = False
) -> None:
    right, lines = LEFT, [wrap(cell, size, width - GAP, bold=bold) for cell, width in zip(cells, widths, strict=True)]
    for place, (column, width) in enumerate(zip(lines, widths, strict=True)):
        right += width
        edge, align = (right, "right") if place else (LEFT, "left")
        for number, line in enumerate(column):
            y = sheet.y + 9 + number * LEADING
            sheet.put(line, edge, y, size=size, colour=colour, bold=bold, align=align)
    sheet.y += LEADING * max(map(len, lines)) + 4
    sheet.rule(sheet.y, width=0.4)


def draw_notes(sheet: Sheet, missing: Sequence[tuple[str, Reason | None]]) -> None:
    """Why a number of the table above is a dash."""
    for label, why in missing:
        if why:
            sheet.write(f"{label}: {wording.REASONS[why]}", size=7.5, colour=SOFT, after=1)


def interval_title() -> str:
    # xgettext:no-python-format
    return gettext("95% interval")
