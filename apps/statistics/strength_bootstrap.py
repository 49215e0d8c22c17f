"""How far strengths of Bradley and Terry move when comparisons are drawn again: all replicates by Newton at once.

Comparisons are redrawn independently of each other (a multinomial over the cells of `bradley_terry.count_cells`), which
is what published leaderboards do. Where they share tasks and assessors that is too narrow: `bradley_terry.covariance`
is right then, and what reports use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apps.statistics.bradley_terry import Cells

    Array = NDArray[np.float64]

MOST_STEPS, CLOSE = 50, 1e-9
RIDGE = 1e-9  # keeps a replicate on its way to infinity solvable
LARGEST = 15.0  # logits: a replicate beyond has no finite estimate


def bootstrap_strengths(cells: Cells, replicates: int = 1000, *, seed: int = 0) -> Array:
    """(replicates, K), each row sums to 0, ties half a win; NaN where the drawn comparisons have no finite estimate."""
    pairs, wins, totals = _drawn(cells, replicates, seed)
    k, design = cells.pipelines, np.zeros((len(pairs), cells.pipelines))
    rows = np.arange(len(pairs))
    design[rows, pairs[:, 0]], design[rows, pairs[:, 1]] = 1, -1
    squares = (design[:, :, None] * design[:, None, :]).reshape(len(pairs), k * k)
    lost = _disconnected(totals, squares, k)
    strengths, moving = np.zeros((replicates, k)), np.flatnonzero(~lost)
    for _ in range(MOST_STEPS):
        mean = 1 / (1 + np.exp(-strengths[moving] @ design.T))
        gradient = (wins[moving] - totals[moving] * mean) @ design
        spread = (totals[moving] * mean * (1 - mean)) @ squares
        step = np.linalg.solve(spread.reshape(-1, k, k) + 1 / k + RIDGE * np.eye(k), gradient[:, :, None])[:, :, 0]
        largest = np.abs(step).max(axis=1, keepdims=True)
        strengths[moving] += step / np.maximum(1.0, largest)
        moving = moving[(largest[:, 0] > CLOSE) & (np.abs(strengths[moving]).max(axis=1) < LARGEST)]
        if not len(moving):
            break
    strengths[lost | (np.abs(strengths).max(axis=1) >= LARGEST)] = np.nan
    return np.asarray(strengths - strengths.mean(axis=1, keepdims=True))


def _disconnected(totals: Array, squares: Array, k: int) -> NDArray[np.bool_]:
    """Replicates in which some pipelines never meet; only those that lack a pair can be."""
    lost = np.asarray(~totals.all(axis=1))
    graphs = ((totals[lost] > 0) @ squares).reshape(-1, k, k) + 1 / k
    lost[lost] = np.linalg.eigvalsh(graphs)[:, 0] < 1e-6
    return lost


def _drawn(cells: Cells, replicates: int, seed: int) -> tuple[NDArray[np.int64], Array, Array]:
    """Unordered pairs (P, 2), wins of the first of each, ties half, and totals, both (replicates, P)."""
    counts = np.concatenate([cells.wins, cells.ties, cells.losses])
    size = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(size, counts / counts.sum(), size=replicates).astype(np.float64)
    won, tied, lost = np.split(drawn, 3, axis=1)
    low, high = np.minimum(cells.first, cells.second), np.maximum(cells.first, cells.second)
    codes, place = np.unique(low * cells.pipelines + high, return_inverse=True)
    into = np.zeros((len(cells.first), len(codes)))
    into[np.arange(len(place)), place] = 1
    of_low = np.where(cells.first == low, won, lost) + tied / 2
    pairs = np.stack([codes // cells.pipelines, codes % cells.pipelines], axis=1)
    return pairs, of_low @ into, (won + tied + lost) @ into
