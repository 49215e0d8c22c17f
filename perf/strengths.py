"""Strengths of twenty pipelines with a thousand replicates, by our method and by those of other libraries.

`python -m perf.strengths`; `python -m perf.report` measures them too.
"""

import os
import time

os.environ["OMP_NUM_THREADS"] = "1"  # read as numpy loads; every method on one core

import numpy as np

from perf.table import write_section

PIPELINES, REPLICATES, COMPARISONS = 20, 1000, 1_000_000


def battles() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    strength = np.linspace(1, -1, PIPELINES)
    first = rng.integers(0, PIPELINES, COMPARISONS)
    second = (first + rng.integers(1, PIPELINES, COMPARISONS)) % PIPELINES
    win = 1 / (1 + np.exp(strength[second] - strength[first]))
    scores = np.where(rng.random(COMPARISONS) < 0.24, 0.5, (rng.random(COMPARISONS) < win).astype(np.float64))
    return first, second, scores


def by_fastchat(first: np.ndarray, second: np.ndarray, scores: np.ndarray, replicates: int) -> np.ndarray:
    """The method of `compute_bootstrap_bt` in FastChat's monitor/rating_systems.py (Apache-2.0), on one core: distinct
    battles with their counts, a multinomial over them, L-BFGS for each replicate."""
    from scipy.optimize import minimize
    from scipy.special import expit

    table, counts = np.unique(np.stack([first, second, 2 * scores], axis=1), axis=0, return_counts=True)
    matchups, outcomes, alpha = table[:, :2].astype(int), table[:, 2] / 2, np.log(10.0)
    drawn = np.random.default_rng(0).multinomial(len(first), counts / counts.sum(), size=replicates) / len(first)

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


def strength_rows(part: int = 100) -> list[list[str]]:
    from apps.statistics.bradley_terry import count_cells
    from apps.statistics.strength_bootstrap import bootstrap_strengths

    told = battles()
    begun = time.process_time()
    ours = bootstrap_strengths(count_cells(*told, PIPELINES), REPLICATES)
    mine = time.process_time() - begun
    begun = time.process_time()
    np.unique(np.stack([told[0], told[1], 2 * told[2]], axis=1), axis=0)
    once = time.process_time() - begun
    begun = time.process_time()
    theirs = by_fastchat(*told, part)
    other = once + (time.process_time() - begun - once) * REPLICATES / part
    return [
        ["ours: Newton, all replicates at once", f"{mine:.2f}", "1 ×", f"{ours.std(axis=0).mean():.5f}"],
        [
            f"FastChat's, from {part} replicates",
            f"{other:.1f}",
            f"{other / mine:.0f} ×",
            f"{theirs.std(axis=0).mean():.5f}",
        ],
        *peer_rows(told, mine),
    ]


def peer_rows(told: tuple[np.ndarray, np.ndarray, np.ndarray], mine: float) -> list[list[str]]:
    """One fit of each library that is installed, times the replicates; none of them is a requirement."""
    first, second, scores = told
    rows = []
    try:
        import choix  # type: ignore[import-not-found]

        wins = np.zeros((PIPELINES, PIPELINES))
        begun = time.process_time()
        np.add.at(wins, (first, second), scores)
        np.add.at(wins, (second, first), 1 - scores)
        counted = time.process_time() - begun
        begun = time.process_time()
        for _ in range(20):
            choix.ilsr_pairwise_dense(wins)
        taken = counted + (time.process_time() - begun) / 20 * REPLICATES
        rows.append(["choix, dense, from 20 fits", f"{taken:.1f}", f"{taken / mine:.0f} ×", "–"])
    except ImportError:
        pass
    try:
        import evalica  # type: ignore[import-not-found]

        names = [f"p{number}" for number in range(PIPELINES)]
        winners = [evalica.Winner.X if s == 1 else evalica.Winner.Y if s == 0 else evalica.Winner.Draw for s in scores]
        left, right = ([names[place] for place in side] for side in (first, second))
        begun = time.process_time()
        evalica.bradley_terry(left, right, winners)
        taken = (time.process_time() - begun) * REPLICATES
        rows.append(["evalica, from 1 fit", f"{taken:.0f}", f"{taken / mine:.0f} ×", "–"])
    except ImportError:
        pass
    return rows


def write_strengths() -> None:
    write_section(
        "Strengths of 20 pipelines with 1,000 replicates",
        f"`python -m perf.strengths`: {COMPARISONS:,} comparisons, 24 % ties. Seconds of one processor; the last "
        "column is the mean standard deviation of the strengths in logits.",
        ["method", "seconds", "÷ ours", "spread"],
        strength_rows(),
    )


if __name__ == "__main__":
    write_strengths()
