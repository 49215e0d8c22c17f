"""Geometry of a funnel: a share against the number it is of, with the limits that chance allows. All in 0..100."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STEPS, Z = 40, 1.959964


@dataclass(frozen=True)
class Dot:
    label: str
    x: float
    y: float
    flagged: bool


@dataclass(frozen=True)
class Funnel:
    """`low` and `high` are points of polylines in a box of 100 by 100, y from the top; `most` is the right end."""

    dots: tuple[Dot, ...]
    low: str
    high: str
    mean_y: float
    mean: float
    most: int


def plot_funnel(shares: Sequence[tuple[str, float, int, bool]]) -> Funnel | None:
    """(label, share, of how many, flagged) each; limits are mean ± 1.96·sqrt(m(1 - m)/n). None without any."""
    if not shares:
        return None
    most = max(of for _, _, of, _ in shares)
    mean = sum(share * of for _, share, of, _ in shares) / sum(of for _, _, of, _ in shares)
    reach = 1.08 * most

    def y_of(share: float) -> float:
        return round(100 * (1 - min(1.0, max(0.0, share))), 2)

    low, high = [], []
    for step in range(1, STEPS + 1):
        of = max(1.0, reach * step / STEPS)
        half, x = Z * math.sqrt(mean * (1 - mean) / of), round(100 * of / reach, 2)
        low.append(f"{x},{y_of(mean - half)}")
        high.append(f"{x},{y_of(mean + half)}")
    dots = tuple(Dot(label, round(100 * of / reach, 2), y_of(share), odd) for label, share, of, odd in shares)
    return Funnel(dots, " ".join(low), " ".join(high), y_of(mean), mean, most)
