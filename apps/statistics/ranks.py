"""Who is certainly better than whom, all pairs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.statistics.clustered import ZERO_VARIANCE, Estimate
from apps.statistics.student import quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apps.statistics.bradley_terry import Fit
    from apps.statistics.sandwich import ClusteredCovariance

DRAWS = 20_000
CLIPPED = 1e-6  # of a pair's variance: less in the joint matrix means that setting what is negative to 0 took it away


@dataclass(frozen=True)
class Ranks:
    """`best` and `worst` (K,): 1 + how many are certainly better, K - how many certainly worse. `critical` is the
    largest |difference|/error expected by chance among all pairs."""

    best: NDArray[np.int64]
    worst: NDArray[np.int64]
    critical: float


def rank_intervals(fit: Fit, covariance: ClusteredCovariance, *, seed: int = 0, confidence: float = 0.95) -> Ranks:
    """Single-step max-T: every pair is compared with one critical value, drawn from the joint multivariate t.

    With `confidence` all intervals hold at once; that two intervals overlap says nothing. Where there is no variance
    nobody is certainly better. The max rule may give a pair a variance that the joint matrix lacks: such a pair can't
    be drawn, and Bonferroni's value, the largest that could be needed, stands for all.
    """
    k = len(fit.strength)
    difference = fit.strength[:, None] - fit.strength[None, :]
    if covariance.missing:
        return Ranks(np.ones(k, dtype=np.int64), np.full(k, k), float("nan"))
    error = np.zeros((k, k))
    for i in range(k):
        for j in range(i):
            error[i, j] = error[j, i] = np.sqrt(covariance.variance(contrast(i, j, len(fit.hessian))))
    critical = _critical(covariance, k, seed, confidence)
    certain = (np.abs(difference) > critical * error) & (error > 0)
    better = (certain & (difference > 0)).sum(axis=1)
    worse = (certain & (difference < 0)).sum(axis=1)
    return Ranks(1 + worse, k - better, critical)


def contrast(i: int, j: int | None, size: int) -> NDArray[np.float64]:
    """θ_i - θ_j, or θ_i itself."""
    c = np.zeros(size)
    c[i] = 1
    if j is not None:
        c[j] = -1
    return c


def strength_interval(fit: Fit, covariance: ClusteredCovariance, pipeline: int, confidence: float = 0.95) -> Estimate:
    """θ_i against the mean of all, in logits."""
    size = len(fit.hessian)
    against_all = contrast(pipeline, None, size)
    against_all[: len(fit.strength)] -= 1 / len(fit.strength)
    return covariance.estimate(float(fit.strength[pipeline]), against_all, confidence=confidence)


def _critical(covariance: ClusteredCovariance, k: int, seed: int, confidence: float) -> float:
    rng, joint = np.random.default_rng(seed), covariance.matrix[:k, :k]
    values, vectors = np.linalg.eigh(joint)
    drawn = (rng.standard_normal((DRAWS, k)) * np.sqrt(np.maximum(values, 0))) @ vectors.T
    df = _degrees(covariance, k)
    drawn /= np.sqrt(rng.chisquare(df, DRAWS) / df)[:, None]
    largest = np.zeros(DRAWS)
    for i in range(k):
        for j in range(i):
            variance = joint[i, i] + joint[j, j] - 2 * joint[i, j]
            if not variance > CLIPPED * covariance.variance(contrast(i, j, len(covariance.matrix))):
                return quantile(df, 1 - (1 - confidence) / (k * (k - 1) / 2))
            np.maximum(largest, np.abs(drawn[:, i] - drawn[:, j]) / np.sqrt(variance), out=largest)
    return max(quantile(df, confidence), float(np.quantile(largest, confidence)))


def _degrees(covariance: ClusteredCovariance, k: int) -> int:
    """Of the pair that is known worst, since one value stands for all; pairs without variance need none."""
    pairs = [contrast(i, j, len(covariance.matrix)) for i in range(k) for j in range(i)]
    known = [covariance.degrees_for(pair) for pair in pairs if covariance.variance(pair) > ZERO_VARIANCE]
    return min(known, default=covariance.degrees_of_freedom)
