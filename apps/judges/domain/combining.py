"""From what a judge said, in one order or in both, to its preference between A and B."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from apps.assessment.domain.verdicts import leaning

if TYPE_CHECKING:
    from collections.abc import Mapping

Leaning = Literal["a", "neither", "b"]
ROUNDING = 1e-9  # 0.9 - 0.6 is a little more than 0.3
SIGNS = {"a": 1, "neither": 0, "b": -1}
ALONE, A_FIRST, B_FIRST = "none", "a_first", "b_first"
ORDERS = (ALONE, A_FIRST, B_FIRST)


@dataclass(frozen=True)
class Said:
    """`preference` is in [-1, 1]: 1 for A. `verdict` is a win only if every order says so, else "neither".

    `flipped`: A in one order and B in the other, which says more of the judge than of the answers.
    """

    preference: float
    verdict: Leaning
    flipped: bool = False


def combine(by_order: Mapping[str, str]) -> Said | None:
    """`by_order`: verdicts by order, in terms of A and B. None unless there is one without an order, or both orders.

    A verdict counts 1, 0 or -1 however much better. The two orders' mean is the preference: a flip is 0, a win in one
    order beside a tie in the other one half; both are ties (as in MT-bench, Zheng et al. 2023).
    """
    if ALONE in by_order:
        sign = SIGNS[leaning(by_order[ALONE])]
        return Said(float(sign), _verdict(sign))
    if A_FIRST not in by_order or B_FIRST not in by_order:
        return None
    first, second = (SIGNS[leaning(by_order[order])] for order in (A_FIRST, B_FIRST))
    return Said((first + second) / 2, _verdict(first if first == second else 0), first * second < 0)


def by_scores(a: float, b: float, margin: float) -> str:
    """The reference judge's verdict: a difference of more than `margin` wins."""
    return "tie" if abs(a - b) <= margin + ROUNDING else "a" if a > b else "b"


def _verdict(sign: int) -> Leaning:
    return "a" if sign > 0 else "b" if sign < 0 else "neither"
