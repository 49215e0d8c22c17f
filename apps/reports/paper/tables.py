"""Tables of text on a sheet: the first column to the left, the others to the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.reports.paper.sheet import INK, LEFT, RIGHT, SOFT, Sheet, text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE, LEADING, GAP = 7.5, 10.0, 12.0


def draw_table(sheet: Sheet, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, the first takes the rest; a page's continuation repeats the head."""
    widths = [max(text_width(row[place], SIZE, bold=True) for row in (head, *rows)) + GAP for place in range(len(head))]
    first = max(90.0, RIGHT - LEFT - sum(widths[1:]))
    edges = [RIGHT - sum(widths[place + 1 :]) for place in range(1, len(head))]
    _row(sheet, head, first, edges, colour=SOFT, bold=True)
    for row in rows:
        if sheet.y + LEADING * 2 > 780:
            sheet.turn()
            _row(sheet, head, first, edges, colour=SOFT, bold=True)
        _row(sheet, row, first, edges)
    sheet.y += 8


def _row(
    sheet: Sheet,
    cells: Sequence[str],
    first: float,
    edges: Sequence[float],
    *,
    colour: str = INK,
    bold: bool = False,
) -> None:
    lines = wrap(cells[0], SIZE, first - GAP, bold=bold) or [""]
    for place, line in enumerate(lines):
        sheet.put(line, LEFT, sheet.y + 9 + place * LEADING, size=SIZE, colour=colour, bold=bold)
    for cell, edge in zip(cells[1:], edges, strict=True):
        sheet.put(cell, edge, sheet.y + 9, size=SIZE, colour=colour, bold=bold, align="right")
    sheet.y += LEADING * len(lines) + 4
    sheet.rule(sheet.y, width=0.4)
