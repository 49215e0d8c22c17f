"""Geometry of a forest plot: one row per estimate with its interval, against a line of no difference.

x in percent of the drawing's width, y in pixels, as in `bars`. Values are on the caller's scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW_PX, LABEL_PX, LINE_PX, AXIS_PX = 50, 17, 35, 34
MARGIN = 2.0  # percent kept free on both sides, so that marks at the ends are whole
STEPS = (0.05, 0.1, 0.25, 0.5, 1.0)  # each within 0.5 reaches both 0.5 and 1 in whole steps
MAX_TICKS = 6


@dataclass(frozen=True)
class Point:
    """`value` may be missing, and the interval too; `overall` is drawn as a diamond, `enough` False hollow."""

    label: str
    text: str
    value: float | None
    low: float | None
    high: float | None
    enough: bool = True
    overall: bool = False


@dataclass(frozen=True)
class Mark:
    point: Point
    rule_y: int
    label_y: int
    y: int
    x: float | None
    left: float | None
    right: float | None
    width: float | None

    @property
    def apex(self) -> float:
        """Where in its own interval the value stands, percent: the tips of a diamond."""
        if self.x is None or self.left is None or not self.width:
            return 50.0
        return round(100 * (self.x - self.left) / self.width, 3)


@dataclass(frozen=True)
class Tick:
    x: float
    value: float
    reference: bool


@dataclass(frozen=True)
class Forest:
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    reference_x: float
    plot_height: int
    height: int


def plot(points: Sequence[Point], *, reference: float, bounds: tuple[float, float]) -> Forest:
    """The axis is even on both sides of `reference`, as wide as the widest interval, and never beyond `bounds`."""
    step, reach = _scale(points, reference, max(bounds[1] - reference, reference - bounds[0]))
    low, high = max(bounds[0], reference - reach), min(bounds[1], reference + reach)

    def x_of(value: float | None) -> float | None:
        if value is None:
            return None
        return round(MARGIN + (100 - 2 * MARGIN) * (min(high, max(low, value)) - low) / (high - low), 3)

    count = round(reach / step)
    values = [round(reference + step * place, 6) for place in range(-count, count + 1)]
    ticks = [Tick(x_of(value) or 0.0, value, value == reference) for value in values if low <= value <= high]
    bottom = len(points) * ROW_PX
    marks = []
    for place, point in enumerate(points):
        left, right = x_of(point.low), x_of(point.high)
        width = None if left is None or right is None else round(right - left, 3)
        top = place * ROW_PX
        marks.append(Mark(point, top, top + LABEL_PX, top + LINE_PX, x_of(point.value), left, right, width))
    return Forest(tuple(marks), tuple(ticks), x_of(reference) or 0.0, bottom, bottom + AXIS_PX)


def _scale(points: Sequence[Point], reference: float, most: float) -> tuple[float, float]:
    """The step between ticks and the reach to both sides: a whole number of steps, at least two."""
    ends = [end for point in points for end in (point.low, point.value, point.high) if end is not None]
    needed = min(most, max((abs(end - reference) for end in ends), default=0.0))
    step = next((step for step in STEPS if needed / step <= MAX_TICKS // 2), STEPS[-1])
    return step, min(most, step * max(2, math.ceil(round(needed / step, 9))))
