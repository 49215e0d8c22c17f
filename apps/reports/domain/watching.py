"""Is it known yet? A difference that matters, equivalence or futility, as soon as the rule that was set allows.

Looks are fixed by the data and not by who opens a page: one after each tenth (or other part) of the planned judgments,
in the order in which they were made. Looking at the page any number of times therefore changes no error rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from apps.statistics.clustered import clustered_mean
from apps.statistics.gates import verdict_gate
from apps.statistics.power import Design
from apps.statistics.sequential import Spending, as_normal, conditional_power, confidence_sequence_half

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from apps.statistics.clustered import ClusteredMean

RuleKind = Literal["lan_demets", "sequence"]
Outcome = Literal["a", "b", "equivalent", "futile", "open"]
HOPELESS = 0.1  # conditional power below which more judgments are not worth their cost
NEWS = 0.005  # of the information: a look that brings less is left out


@dataclass(frozen=True)
class Plan:
    """`difference` of the win rate from one half that matters; `planned` judgments in all, `looks` of them."""

    difference: float
    design: Design
    kind: RuleKind
    looks: int
    planned: int

    @property
    def information_needed(self) -> float:
        """1/V at which the power asked for is reached."""
        return (self.design.quantiles(1e9) / self.difference) ** 2


@dataclass(frozen=True)
class Look:
    """`low` and `high`: the interval that holds at all looks at once; None where there are too few tasks or assessors.
    `fraction` of the information that the plan needs, at most that of the planned judgments."""

    judgments: int
    tasks: int
    assessors: int
    fraction: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Watch:
    """`outcome` is what the earliest look established that established anything, after `at` judgments."""

    kind: RuleKind
    difference: float
    alpha: float
    planned: int
    looks: tuple[Look, ...]
    outcome: Outcome
    at: int | None

    @property
    def is_complete(self) -> bool:
        """Was the last look of the plan taken?"""
        return bool(self.looks) and self.looks[-1].judgments >= self.planned


def watch(
    scores: ArrayLike, tasks: ArrayLike, assessors: ArrayLike, plan: Plan, made: ArrayLike | None = None
) -> Watch:
    """One entry per judgment; `made`: when it was made, by default in the order given. Those of one moment count in
    the order given; quickest where that is by task and assessor."""
    y, task, who = np.asarray(scores, dtype=np.float64), np.asarray(tasks), np.asarray(assessors)
    turn = np.arange(len(y))
    if made is not None:
        turn[np.argsort(np.asarray(made), kind="stable")] = np.arange(len(y))
    looks: list[Look] = []
    spending = Spending(plan.design.alpha)
    outcome: Outcome = "open"
    for number in range(1, plan.looks + 1):
        upto = math.ceil(plan.planned * number / plan.looks)
        if upto > len(y):
            break
        so_far = turn < upto
        mean = clustered_mean(y[so_far], task[so_far], who[so_far])
        if mean is None:
            continue
        look = _look(mean, upto, spending, plan, is_last=number == plan.looks)
        looks.append(look)
        outcome = _outcome(look, mean, plan) if outcome == "open" else outcome
        if outcome != "open":
            break
    at = looks[-1].judgments if outcome != "open" else None
    return Watch(plan.kind, plan.difference, plan.design.alpha, plan.planned, tuple(looks), outcome, at)


def _look(mean: ClusteredMean, judgments: int, spending: Spending, plan: Plan, *, is_last: bool) -> Look:
    """Too few tasks or assessors, or hardly any news since the last look: no interval, and nothing is spent.

    The fraction of information is never above that of the planned judgments: a variance that few assessors happened
    to make small would otherwise raise z and lower the boundary at once (10 % false findings with ten assessors).
    """
    variance = mean.variance("tasks+assessors") if mean.missing("tasks+assessors") is None else math.nan
    known = variance > 0 and verdict_gate(mean.tasks, mean.assessors).passed
    fraction = min(judgments / plan.planned, 1 / variance / plan.information_needed) if known else 0.0
    if is_last and known and spending.fraction < 1:
        fraction = max(fraction, min(1.0, spending.fraction + NEWS))
    half = None
    if known and (fraction >= spending.fraction + NEWS or (is_last and fraction > spending.fraction)):
        half = _half(mean, math.sqrt(variance), fraction, spending, plan, is_last=is_last)
    ends = (None, None) if half is None else (max(0.0, mean.mean - half), min(1.0, mean.mean + half))
    return Look(judgments, mean.tasks, mean.assessors, fraction, mean.mean, *ends)


def _half(
    mean: ClusteredMean, error: float, fraction: float, spending: Spending, plan: Plan, *, is_last: bool
) -> float:
    """Half the width, with t in place of z for few clusters."""
    if plan.kind == "lan_demets":
        z = spending.look(fraction, is_last=is_last)
    else:
        z = confidence_sequence_half(1.0, mean.tasks, max(30.0, plan.planned / plan.design.overlap), plan.design.alpha)
    df = mean.degrees_of_freedom("tasks+assessors")
    return float(-special.stdtrit(df, special.ndtr(-z))) * error


def _outcome(look: Look, mean: ClusteredMean, plan: Plan) -> Outcome:
    if look.low is None or look.high is None:
        return "open"
    if look.low > 0.5 or look.high < 0.5:
        return "a" if look.low > 0.5 else "b"
    if look.low > 0.5 - plan.difference and look.high < 0.5 + plan.difference:
        return "equivalent"
    if plan.kind == "sequence" or look.fraction >= 1:
        return "open"
    error, df = math.sqrt(mean.variance("tasks+assessors")), mean.degrees_of_freedom("tasks+assessors")
    z = as_normal((mean.mean - 0.5) / error, df)
    drift, critical = plan.design.quantiles(1e9), float(special.ndtri(1 - plan.design.alpha / 2))
    chances = [conditional_power(side * z, look.fraction, drift, critical) for side in (1, -1)]
    return "futile" if max(chances) < HOPELESS else "open"
