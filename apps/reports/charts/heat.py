"""Geometry of a heat map: columns share the width in percent, rows are pixels high; a table holds the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW_PX, CELL_PX, LABEL_PX, HEAD_PX = 62, 38, 16, 34
SHADES = 5


@dataclass(frozen=True)
class Square:
    """`value` from -1 to 1; `enough` False is hatched, `found` marked as certain enough."""

    text: str
    value: float | None
    enough: bool
    found: bool


@dataclass(frozen=True)
class Drawn:
    square: Square
    x: float
    width: float
    middle: float
    side: Literal["a", "b", "none"]
    opacity: float


@dataclass(frozen=True)
class Row:
    label: str
    label_y: int
    y: int
    text_y: int
    cells: tuple[Drawn, ...]


@dataclass(frozen=True)
class Heat:
    heads: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]
    height: int
    cell_height: int = CELL_PX


def shade(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Square]]]) -> Heat:
    """Colour grows in `SHADES` steps up to the largest value with enough data, at least a fifth of the scale."""
    width = 100 / max(1, len(columns))
    known = [abs(square.value) for _, row in rows for square in row if square.value is not None and square.enough]
    most = max([0.2, *known])
    drawn = [_row(label, HEAD_PX + place * ROW_PX, width, squares, most) for place, (label, squares) in enumerate(rows)]
    heads = tuple((round((place + 0.5) * width, 3), label) for place, label in enumerate(columns))
    return Heat(heads, tuple(drawn), HEAD_PX + len(rows) * ROW_PX)


def _row(label: str, top: int, width: float, squares: Sequence[Square], most: float) -> Row:
    cells = []
    for place, square in enumerate(squares):
        value = square.value or 0.0
        steps = min(SHADES, round(SHADES * abs(value) / most))
        side: Literal["a", "b", "none"] = "none" if not steps else "a" if value > 0 else "b"
        x = place * width
        cells.append(
            Drawn(square, round(x, 3), round(width, 3), round(x + width / 2, 3), side, round(0.7 * steps / SHADES, 2))
        )
    y = top + LABEL_PX + 6
    return Row(label, top + LABEL_PX, y, y + CELL_PX // 2 + 5, tuple(cells))
