"""Who gets how much: overlap that follows doubt, leases that follow pace, checks mixed in by chance."""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from apps.assessment.domain.rules import Rule
from apps.assessment.domain.verdicts import LEANINGS, leaning

SHORTEST = timedelta(minutes=5)
PACES = 4  # a lease lasts this many of the assessor's median times
SURE = 0.75  # AA is sure (0.79); AAB is not (0.61), AAAB is (0.77); AABB never is


@dataclass(frozen=True)
class Policy:
    """What an evaluation asks beside its comparisons; the defaults ask nothing. Shares are per cent of what an assessor
    judges."""

    most_overlap: int | None = None
    gold_percent: int = 0
    control_percent: int = 0
    retest_percent: int = 0
    daily_cap: int | None = None
    training_size: int = 0
    exam_size: int = 0
    pass_percent: int = 80
    qualification: str = ""
    shows_gold: bool = False
    rules: tuple[Rule, ...] = ()

    def settings(self) -> dict[str, Any]:
        """By name, as the evaluation keeps them; without the rules, which are rows of their own."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "rules"}


FIXED = Policy()


def wants_another(verdicts: Sequence[str], *, most: int | None, sure: float = SURE) -> bool:
    """Should a comparison whose places are all judged get one more? `verdicts` are values of `Verdict`.

    Yes while fewer than `most` and the posterior is unsure: with a uniform prior over the shares of A, neither and B
    among all assessors (Dirichlet 1, 1, 1), the probability that the leading answer is the commonest is below `sure`.
    """
    if most is None or not verdicts or len(verdicts) >= most:
        return False
    counts = Counter(map(leaning, verdicts))
    return leader_probability(*sorted((counts[name] for name in LEANINGS), reverse=True)) < sure


@cache
def leader_probability(leader: int, second: int, third: int) -> float:
    """P(share of the first is the largest) for Dirichlet(1 + counts), exact.

    Shares compare as independent Gamma(1 + count) do: the integral of the leader's density times the two others'
    distribution functions, a sum of x^n·e^(-kx), each n!/k^(n+1).
    """
    # by (power of x, factor in the exponent): coefficient
    terms = {(leader, 1): Fraction(1, math.factorial(leader))}
    for shape in (second + 1, third + 1):
        below = {(0, 0): Fraction(1)} | {(i, 1): Fraction(-1, math.factorial(i)) for i in range(shape)}
        product: dict[tuple[int, int], Fraction] = {}
        for (n, k), one in terms.items():
            for (m, j), other in below.items():
                product[n + m, k + j] = product.get((n + m, k + j), Fraction(0)) + one * other
        terms = product
    return float(sum(c * math.factorial(n) / Fraction(k) ** (n + 1) for (n, k), c in terms.items()))


def lease_length(median_seconds: float | None, *, most: timedelta) -> timedelta:
    """Four times the assessor's own median, between five minutes and `most`; `most` while nothing is known."""
    if median_seconds is None:
        return most
    return max(SHORTEST, min(most, timedelta(seconds=PACES * median_seconds)))


def check_due(nth: int, *, gold: int, control: int, retest: int, seed: str) -> str | None:
    """Which check, if any, the assessor's `nth` comparison shall be; the shares are per cent.

    A draw for each on its own, so nothing that came before tells when the next one comes. Nobody starts with one.
    """
    if nth == 0:
        return None
    drawn = int.from_bytes(hashlib.sha256(f"check/{seed}/{nth}".encode()).digest()[:6]) * 100 / 2**48
    for kind, until in (("gold", gold), ("control", gold + control), ("retest", gold + control + retest)):
        if drawn < until:
            return kind
    return None


def with_checks(left: int, nth: int, *, gold: int, control: int, retest: int, seed: str) -> int:
    """How many comparisons it takes from the `nth` on until `left` real ones are done. What an assessor is shown, so
    that the number falls by one whatever they just judged."""
    shares = {"gold": gold, "control": control, "retest": retest}
    if not any(shares.values()):
        return left
    asked = 0
    while left > 0:
        left -= check_due(nth + asked, **shares, seed=seed) is None
        asked += 1
    return asked


def stage(*, trained: int, training: int, given: int, examined: int, right: int, exam: int, pass_percent: int) -> str:
    """`training`, then `exam`, then `work` or, with too few right, `failed`; `wait` while the last of the exam is being
    judged. `trained` and `given` count what the person was given of training and exam, `examined` what they judged."""
    if trained < training:
        return "training"
    if given < exam:
        return "exam"
    if examined < exam:
        return "wait"
    return "failed" if stage_failed(examined, right, exam=exam, pass_percent=pass_percent) else "work"


def stage_failed(examined: int, right: int, *, exam: int, pass_percent: int) -> bool:
    return examined >= exam and 100 * right < pass_percent * exam
