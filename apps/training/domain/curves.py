"""Geometry of a curve: x and y in percent of the drawing, y from its top. Values are on the caller's scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_POINTS = 200
MOST_ROWS = 8
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Tick:
    at: float
    value: float


@dataclass(frozen=True)
class Curve:
    """`points` for a polyline in a box of 100 × 100; `rows` are those of the table beside it."""

    points: str
    last: tuple[float, float]
    heights: tuple[Tick, ...]
    steps: int
    rows: tuple[tuple[int, float], ...]


def draw(values: Sequence[tuple[int, float]], *, steps: int, top: float | None = None) -> Curve | None:
    """`values` are (step, value) in order. None for fewer than two. The height ends at `top`, or above the largest."""
    if len(values) < 2:
        return None
    most = top if top is not None else _rounded(max(value for _, value in values))
    width = max(steps, values[-1][0], 1)
    places = [(100 * step / width, 100 - 100 * min(value, most) / most) for step, value in thinned(values, MOST_POINTS)]
    heights = tuple(Tick(100 - 100 * part / 4, most * part / 4) for part in range(0, 5, 2))
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in places)
    return Curve(points, places[-1], heights, width, tuple(thinned(values, MOST_ROWS)))


def thinned(values: Sequence[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    """Evenly spread, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(place * (len(values) - 1) / (most - 1))] for place in range(most)]


def _rounded(value: float) -> float:
    """The next round number above."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return float(next((step * unit for step in STEPS if step * unit >= value), value))  # a unit too small is 0
