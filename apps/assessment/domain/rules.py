"""Rules that find careless assessors. Each predicate looks at the last `window` of something, given as arrays whose
last axis is that window, so the same code watches one person and simulates thousands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SIDES = {"left": -1.0, "tie": 0.0, "right": 1.0}
PREDICATES: dict[str, Callable[[Array, float], NDArray[np.bool_]]] = {
    "gold": lambda right, limit: 100 * right.mean(axis=-1) < limit,
    "fast": lambda seconds, limit: (seconds < limit).mean(axis=-1) > 0.5,
    "side": lambda sides, _: np.abs(sides.sum(axis=-1)) == sides.shape[-1],
    "ties": lambda sides, _: np.abs(sides).sum(axis=-1) == 0,
    "skips": lambda skipped, _: skipped.sum(axis=-1) == skipped.shape[-1],
}
SEVERITY = ("warn", "pause", "ban")


@dataclass(frozen=True)
class Rule:
    """`limit`: for gold per cent, for fast seconds. `action`: one of `SEVERITY`."""

    kind: str
    window: int
    limit: float
    action: str


DEFAULTS = (
    Rule("gold", 10, 60, "pause"),
    Rule("fast", 10, 3, "pause"),
    Rule("side", 15, 0, "pause"),
    Rule("ties", 20, 0, "warn"),
    Rule("skips", 5, 0, "warn"),
)


@dataclass(frozen=True)
class History:
    """What one assessor did, oldest first: on gold 1 right or 0 wrong; seconds of work; the side that was preferred, -1
    left, 0 neither, 1 right; 1 for what was skipped and 0 for what was judged."""

    gold: Sequence[float]
    seconds: Sequence[float]
    sides: Sequence[float]
    skipped: Sequence[float]

    def of(self, kind: str) -> Sequence[float]:
        return {"gold": self.gold, "fast": self.seconds, "skips": self.skipped}.get(kind, self.sides)


def broken_rules(history: History, rules: Sequence[Rule], news: Sequence[str]) -> list[Rule]:
    """The severest first, of the kinds that have `news`. A rule whose window is not yet full says nothing, and a
    warning is not repeated as long as the rule stays broken."""
    broken = [rule for rule in rules if rule.kind in news and is_news(history.of(rule.kind), rule)]
    return sorted(broken, key=lambda rule: -SEVERITY.index(rule.action))


def is_news(values: Sequence[float], rule: Rule) -> bool:
    return is_broken(values, rule) and not (rule.action == "warn" and is_broken(values[:-1], rule))


def is_broken(values: Sequence[float], rule: Rule) -> bool:
    if len(values) < rule.window:
        return False
    return bool(PREDICATES[rule.kind](np.asarray(values[-rule.window :], dtype=float), rule.limit))
