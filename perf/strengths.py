"""Strengths of twenty pipelines with a thousand replicates, by our method and by those of other libraries.

`python -m perf.strengths`; `python -m perf.report` measures them too. Everything is counted from a million comparisons,
on one core; what is loaded first is not counted. The other libraries are measured where they are installed.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # read as numpy loads

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from apps.statistics.bradley_terry import count_cells
from apps.statistics.strength_bootstrap import bootstrap_strengths
from perf.table import write_section

PIPELINES, REPLICATES, COMPARISONS, FITS = 20, 1000, 1_000_000, 50
Battles = tuple[np.ndarray, np.ndarray, np.ndarray]


def battles() -> Battles:
    rng = np.random.default_rng(1)
    strength = np.linspace(1, -1, PIPELINES)
    first = rng.integers(0, PIPELINES, COMPARISONS)
    second = (first + rng.integers(1, PIPELINES, COMPARISONS)) % PIPELINES
    win = 1 / (1 + np.exp(strength[second] - strength[first]))
    scores = np.where(rng.random(COMPARISONS) < 0.24, 0.5, (rng.random(COMPARISONS) < win).astype(np.float64))
    return first, second, scores


def by_us(told: Battles) -> np.ndarray:
    return bootstrap_strengths(count_cells(*told, PIPELINES), REPLICATES)


def counted(told: Battles) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As FastChat's `preprocess_for_bt`: who met (N, 2), the doubled score of the first, how often."""
    first, second, scores = told
    rows = np.stack([first, second, 2 * scores], axis=1).astype(np.int32)
    table, counts = np.unique(rows, axis=0, return_counts=True)
    return table[:, :2], table[:, 2], counts


def by_fastchat(told: Battles) -> np.ndarray:
    """The method of `compute_bootstrap_bt` in FastChat's monitor/rating_systems.py (Apache-2.0): distinct battles with
    their counts, a multinomial over them, L-BFGS for each replicate."""
    matchups, doubled, counts = counted(told)
    outcomes, alpha = doubled / 2, np.log(10.0)
    drawn = np.random.default_rng(0).multinomial(COMPARISONS, counts / counts.sum(), size=REPLICATES) / COMPARISONS

    def loss(ratings: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        met = ratings[matchups]
        probs = expit(alpha * (met[:, 0] - met[:, 1]))
        lost = -((np.log(probs) * outcomes + np.log(1.0 - probs) * (1.0 - outcomes)) * weights).sum()
        slope, gradient = -alpha * (outcomes - probs) * weights, np.zeros_like(ratings)
        np.add.at(gradient, matchups[:, [0, 1]], slope[:, None] * np.array([1.0, -1.0]))
        return lost, gradient

    options, start = {"maxiter": 100, "gtol": 1e-6}, np.zeros(PIPELINES)
    fits = [minimize(loss, start, (row,), "L-BFGS-B", jac=True, options=options).x for row in drawn]  # type: ignore[call-overload]
    found = np.array(fits) * alpha
    return np.asarray(found - found.mean(axis=1, keepdims=True))


def by_choix(told: Battles) -> float:
    """Seconds: one count, and a fit for each replicate."""
    import choix  # type: ignore[import-not-found]

    def count() -> np.ndarray:
        first, second, scores = told
        wins = np.bincount(first * PIPELINES + second, scores, PIPELINES**2)
        return np.asarray(
            (wins + np.bincount(second * PIPELINES + first, 1 - scores, PIPELINES**2)).reshape(PIPELINES, -1)
        )

    once, wins = timed(count)
    return once + REPLICATES * timed(lambda: [choix.ilsr_pairwise_dense(wins) for _ in range(FITS)])[0] / FITS


def by_evalica(told: Battles) -> float:
    """As `by_choix`; distinct battles go in with their counts as weights."""
    import evalica  # type: ignore[import-not-found]

    once, (matchups, doubled, counts) = timed(lambda: counted(told))
    winners = [(evalica.Winner.Y, evalica.Winner.Draw, evalica.Winner.X)[score] for score in doubled]
    first, second = (side.tolist() for side in matchups.T)

    def fit() -> Any:
        return evalica.bradley_terry(first, second, winners, weights=counts.astype(np.float64))

    fit()
    return once + REPLICATES * timed(lambda: [fit() for _ in range(FITS)])[0] / FITS


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    done = work()
    return time.process_time() - begun, done


def strength_rows() -> list[list[str]]:
    told = battles()
    by_us(told)
    mine, ours = timed(lambda: by_us(told))
    other, theirs = timed(lambda: by_fastchat(told))
    taken = {
        "ours: Newton, all replicates at once": (mine, f"{ours.std(axis=0).mean():.5f}"),
        "FastChat's": (other, f"{theirs.std(axis=0).mean():.5f}"),
    }
    with suppress(ImportError):
        taken[f"choix, dense, from {FITS} fits"] = by_choix(told), "–"
    with suppress(ImportError):
        taken[f"evalica, weighted, from {FITS} fits"] = by_evalica(told), "–"
    return [[name, f"{seconds:.2f}", f"{seconds / mine:.0f} ×", spread] for name, (seconds, spread) in taken.items()]


def write_strengths() -> None:
    write_section(
        "Strengths of 20 pipelines with 1,000 replicates",
        f"`python -m perf.strengths`: {COMPARISONS:,} comparisons, 24 % ties. Seconds of one core, counting included; "
        "the last column is the mean standard deviation of the strengths in logits.",
        ["method", "seconds", "÷ ours", "spread"],
        strength_rows(),
    )


if __name__ == "__main__":
    write_strengths()
