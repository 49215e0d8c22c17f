"""Rules that find careless assessors. Each looks at the last `window` of something, given as arrays whose last axis is
time, so the same code watches one person and simulates thousands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Found = NDArray[np.bool_]
SIDES = {"left": -1.0, "tie": 0.0, "right": 1.0}
SEVERITY = ("warn", "pause", "ban")
GUESSING = 0.5  # how often somebody who guesses is right on gold
ODDS = 15  # so many times likelier from guessing than from honest work


@dataclass(frozen=True)
class Rule:
    """`limit`: for gold and guess per cent, for fast seconds. `action`: one of `SEVERITY`."""

    kind: str
    window: int
    limit: float
    action: str


@dataclass(frozen=True)
class Predicate:
    """Broken when `beyond` holds for the sum of `score` over the window. `at_once`: also over fewer, at the start."""

    score: Callable[[Array, float], Array]
    beyond: Callable[[Array, Rule], Found]
    at_once: bool = False


def guess_evidence(right: Array, limit: float) -> Array:
    """Of each gold comparison the logarithm of: how much likelier from somebody who guesses than from somebody who is
    right on `limit` per cent. Their sum is Wald's (1945) sequential test. By Ville's inequality somebody right on that
    share or more is ever found beyond `ODDS` with a probability of 1 / `ODDS` at most, however often one looks at all
    there is; at 85 % it is 3.8 %."""
    honest = limit / 100
    scores = np.array([np.log((1 - GUESSING) / (1 - honest)), np.log(GUESSING / honest)])
    found: Array = scores[(right > 0).astype(int)]
    return found


PREDICATES = {
    "guess": Predicate(guess_evidence, lambda total, _: total > np.log(ODDS), at_once=True),
    "gold": Predicate(lambda right, _: right, lambda total, rule: 100 * total < rule.limit * rule.window),
    "fast": Predicate(
        lambda seconds, limit: (seconds < limit).astype(float), lambda total, rule: 2 * total > rule.window
    ),
    "side": Predicate(lambda sides, _: sides, lambda total, rule: np.abs(total) == rule.window),
    "ties": Predicate(lambda sides, _: np.abs(sides), lambda total, _: total == 0),
    "skips": Predicate(lambda skipped, _: skipped, lambda total, rule: total == rule.window),
}
DEFAULTS = (
    Rule("guess", 50, 85, "pause"),
    Rule("fast", 10, 3, "pause"),
    Rule("side", 15, 0, "pause"),
    Rule("ties", 20, 0, "warn"),
    Rule("skips", 5, 0, "warn"),
)
OFFERED = (*DEFAULTS, Rule("gold", 20, 60, "warn"))  # what a form starts from, kind by kind


@dataclass(frozen=True)
class History:
    """What one assessor did, oldest first: on gold 1 right or 0 wrong; seconds of work; the side that was preferred, -1
    left, 0 neither, 1 right; 1 for what was skipped and 0 for what was judged."""

    gold: Sequence[float]
    seconds: Sequence[float]
    sides: Sequence[float]
    skipped: Sequence[float]

    def of(self, kind: str) -> Sequence[float]:
        known = {"gold": self.gold, "guess": self.gold, "fast": self.seconds, "skips": self.skipped}
        return known.get(kind, self.sides)


def broken_rules(history: History, rules: Sequence[Rule], news: Sequence[str]) -> list[Rule]:
    """The severest first, of the kinds that have `news`. A warning is not repeated as long as its rule stays broken."""
    broken = [rule for rule in rules if rule.kind in news and is_news(history.of(rule.kind), rule)]
    return sorted(broken, key=lambda rule: -SEVERITY.index(rule.action))


def is_news(values: Sequence[float], rule: Rule) -> bool:
    broken = broken_at(np.asarray(values, dtype=float), rule)[-2:].tolist()
    return broken[-1:] == [True] and not (rule.action == "warn" and broken == [True, True])


def broken_at(values: Array, rule: Rule) -> Found:
    """Same shape: after each value, is the rule broken? While the window is not yet full only rules `at_once` speak."""
    predicate = PREDICATES[rule.kind]
    total = np.cumsum(predicate.score(values, rule.limit), axis=-1)
    total[..., rule.window :] -= total[..., : -rule.window].copy()
    broken = predicate.beyond(total, rule)
    if not predicate.at_once:
        broken[..., : rule.window - 1] = False
    return broken
