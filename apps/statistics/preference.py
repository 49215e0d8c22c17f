"""Wins, ties and losses in the ways people quote them, and what independent judgments would have said."""

import math
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True)
class Preference:
    """Counts or shares of wins, ties and losses of A. Ratios are None where their denominator is 0."""

    wins: float
    ties: float
    losses: float

    @property
    def total(self) -> float:
        return self.wins + self.ties + self.losses

    @property
    def win_rate(self) -> float | None:
        """P(A) + P(tie)/2."""
        return (self.wins + self.ties / 2) / self.total if self.total else None

    @property
    def net(self) -> float | None:
        """P(A) - P(B) = 2·win rate - 1: net benefit, Buyse 2010."""
        return (self.wins - self.losses) / self.total if self.total else None

    @property
    def decisive_win_rate(self) -> float | None:
        """P(A | A or B)."""
        return self.wins / (self.wins + self.losses) if self.wins + self.losses else None

    @property
    def win_ratio(self) -> float | None:
        """P(A) / P(B): Pocock et al. 2012."""
        return self.wins / self.losses if self.losses else None

    @property
    def win_odds(self) -> float | None:
        """Win rate / (1 - win rate): Dong et al. 2020."""
        lost = self.losses + self.ties / 2
        return (self.wins + self.ties / 2) / lost if lost else None


@dataclass(frozen=True)
class IndependentMean:
    mean: float
    standard_error: float
    low: float
    high: float
    sign_test_p: float


def if_independent(wins: int, ties: int, losses: int, confidence: float = 0.95) -> IndependentMean | None:
    """The interval m ± z·s/sqrt(n) of the win rate and the exact sign test, as if no two judgments shared a task or an
    assessor; each judgment counts once. For comparison only: with shared tasks and assessors it is too narrow. None
    below two judgments.
    """
    n = wins + ties + losses
    if n < 2:
        return None
    mean = (wins + ties / 2) / n
    variance = (wins + ties / 4 - n * mean * mean) / (n - 1)
    error = math.sqrt(max(0.0, variance) / n)
    half = float(special.ndtri((1 + confidence) / 2)) * error
    return IndependentMean(mean, error, mean - half, mean + half, sign_test(wins, losses))


def sign_test(wins: int, losses: int) -> float:
    """Two-sided exact p-value of `wins` against `losses` where both are as likely (binomial, p = 1/2)."""
    return min(1.0, 2 * float(special.bdtr(min(wins, losses), wins + losses, 0.5)))
