"""How often would the rules catch somebody, before anybody is at work? Drawn people, the rules' own predicates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.assessment.domain.rules import SEVERITY, Rule, broken_at

PEOPLE = 1000
PACE_SPREAD = 0.6  # standard deviation of the logarithm of the time for one comparison


@dataclass(frozen=True)
class Kind:
    """A kind of person: how often right on gold, how often a tie or a skip, median seconds for one comparison."""

    key: str
    gold: float
    ties: float
    skips: float
    seconds: float


COIN_FLIPPER = Kind("coin", gold=0.5, ties=0.0, skips=0.0, seconds=6.0)
HONEST = Kind("honest", gold=0.85, ties=0.2, skips=0.02, seconds=40.0)


@dataclass(frozen=True)
class Caught:
    """Of simulated people: the share on whom an action as severe as `action` fell within the comparisons asked for, its
    standard error, and after how many comparisons half of those caught were (None when nobody was)."""

    kind: str
    action: str
    share: float
    error: float
    median_comparisons: int | None

    @property
    def percent(self) -> float:
        return 100 * self.share

    @property
    def error_percent(self) -> float:
        return 100 * self.error


def simulate(rules: Sequence[Rule], kinds: Sequence[Kind], *, gold_percent: float, comparisons: int) -> list[Caught]:
    """For each kind of person and each action; seeded, so the same question has the same answer."""
    found = []
    for kind in kinds:
        times = first_times(kind, rules, gold_percent, comparisons)
        for place, action in enumerate(SEVERITY):
            found.append(caught(kind, action, times[place:].min(axis=0)))
    return found


def caught(kind: Kind, action: str, times: NDArray[np.float64]) -> Caught:
    found = times[np.isfinite(times)]
    share = len(found) / len(times)
    error = float(np.sqrt(share * (1 - share) / len(times)))
    return Caught(kind.key, action, share, error, round(float(np.median(found))) if len(found) else None)


def first_times(kind: Kind, rules: Sequence[Rule], gold_percent: float, comparisons: int) -> NDArray[np.float64]:
    """By action and person, after which comparison a rule with that action was first broken; infinite for never."""
    chance = np.random.default_rng(7)
    is_gold = chance.random((PEOPLE, comparisons)) * 100 < gold_percent
    skipped = (chance.random((PEOPLE, comparisons)) < kind.skips).astype(float)
    sides = np.where(
        chance.random((PEOPLE, comparisons)) < kind.ties, 0.0, chance.choice([-1.0, 1.0], (PEOPLE, comparisons))
    )
    seconds = kind.seconds * np.exp(PACE_SPREAD * chance.standard_normal((PEOPLE, comparisons)))
    right = (chance.random((PEOPLE, comparisons)) < kind.gold).astype(float)
    first = np.full((len(SEVERITY), PEOPLE), np.inf)
    for rule in rules:
        if rule.kind in ("gold", "guess"):
            times = first_on_gold(right, is_gold, rule)
        else:
            times = first_broken({"fast": seconds, "skips": skipped}.get(rule.kind, sides), rule)
        first[SEVERITY.index(rule.action)] = np.minimum(first[SEVERITY.index(rule.action)], times)
    return first


def first_broken(values: NDArray[np.float64], rule: Rule) -> NDArray[np.float64]:
    """By row, how many columns had passed when the rule was first broken."""
    broken = broken_at(values, rule)
    return np.where(broken.any(axis=1), broken.argmax(axis=1) + 1.0, np.inf)


def first_on_gold(right: NDArray[np.float64], is_gold: NDArray[np.bool_], rule: Rule) -> NDArray[np.float64]:
    """The nth gold comparison has the nth outcome of `right`; the result counts all comparisons until then."""
    nth = first_broken(right, rule)
    so_far = is_gold.cumsum(axis=1)
    reached = so_far >= nth[:, None]
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)
