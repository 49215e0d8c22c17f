"""Geometry of stacked bars: x and widths in percent of the drawing's width, y in pixels from its top.

Percent keeps text at its size on every screen; labels stand above their bar, so that a phone has room for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROW_PX, BAR_PX, BAR_TOP_PX, LABEL_PX = 56, 26, 22, 14
LETTERS_ON_A_PHONE = 32
ROOM_FOR_LABEL = 0.11  # a share this wide has room for its percentage on a phone


@dataclass(frozen=True)
class Segment:
    verdict: str
    share: float
    x: float
    width: float
    middle: float
    labelled: bool


@dataclass(frozen=True)
class Bar:
    label: str
    note: str
    label_y: int
    y: int
    text_y: int
    segments: tuple[Segment, ...]

    @property
    def crowded(self) -> bool:
        """On a phone there is room for the label or for the note, not for both."""
        return len(self.label) + len(self.note) > LETTERS_ON_A_PHONE


@dataclass(frozen=True)
class StackedBars:
    bars: tuple[Bar, ...]
    height: int
    bar_height: int = BAR_PX


def stack(rows: Sequence[tuple[str, str, Mapping[str, float]]]) -> StackedBars:
    """One bar per (label, note, shares in drawing order, which sum to 1); shares of 0 are not drawn."""
    bars = [_bar(place * ROW_PX, *row) for place, row in enumerate(rows)]
    return StackedBars(tuple(bars), len(bars) * ROW_PX)


def _bar(top: int, label: str, note: str, shares: Mapping[str, float]) -> Bar:
    segments, left = [], 0.0
    for verdict, share in shares.items():
        if share > 0:
            x, width = round(100 * left, 3), round(100 * share, 3)
            middle = round(x + width / 2, 3)
            segments.append(Segment(verdict, share, x, width, middle, share >= ROOM_FOR_LABEL))
        left += share
    bar_top = top + BAR_TOP_PX
    return Bar(label, note, top + LABEL_PX, bar_top, bar_top + BAR_PX // 2 + 5, tuple(segments))
