"""How far strengths of Bradley and Terry move when comparisons are drawn again: all replicates at once, by Newton.

A replicate lies near the estimate of all data, so the curvature there serves all of them, and a step costs no more than
a gradient; those that it does not bring home are solved each with its own.

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

MOST_STEPS, SHARED_STEPS, CLOSE = 50, 8, 1e-9
RIDGE = 1e-9  # keeps a replicate on its way to infinity solvable
LARGEST = 15.0  # logits: a replicate beyond has no finite estimate


def bootstrap_strengths(cells: Cells, replicates: int = 1000, *, seed: int = 0) -> Array:
    """(replicates, K), each row sums to 0, ties half a win; NaN where the drawn comparisons have no finite estimate."""
    pairs, counts = _by_pair(cells)
    rows, k = np.arange(len(pairs)), cells.pipelines
    design = np.zeros((len(pairs), k))
    design[rows, pairs[:, 0]], design[rows, pairs[:, 1]] = 1, -1
    wins, totals = _drawn(counts, replicates, seed)
    all_wins, all_totals = counts[0] + counts[1] / 2, counts.sum(axis=0)
    left = ~_disconnected(totals, design)
    centre = _solved(all_wins[None], all_totals[None], design)[0]
    strengths = np.full((replicates, k), np.nan)
    if np.isfinite(centre).all():
        near, is_home = _solved_near(
            centre, wins, totals, design, _curvature(centre[None], all_totals[None], design)[0]
        )
        strengths[left & is_home] = near[left & is_home]
        left &= ~is_home
    strengths[left] = _solved(wins[left], totals[left], design)
    return np.asarray(strengths - strengths.mean(axis=1, keepdims=True))


def _solved_near(
    centre: Array, wins: Array, totals: Array, design: Array, curvature: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Strengths (R, K) by steps from `centre` that share one `curvature` (K, K), and which of them were found."""
    strengths, inverse = np.tile(centre, (len(wins), 1)), np.linalg.inv(curvature)
    for _ in range(SHARED_STEPS):
        step = _gradient(strengths, wins, totals, design) @ inverse
        largest = np.abs(step).max(axis=1, keepdims=True)
        strengths += step / np.maximum(1.0, largest)
        is_home = largest[:, 0] <= CLOSE
        if is_home.all():
            break
    return strengths, is_home


def _solved(wins: Array, totals: Array, design: Array) -> Array:
    """(R, K) by steps each with its own curvature, NaN without a finite estimate."""
    strengths, moving = np.zeros((len(wins), design.shape[1])), np.arange(len(wins))
    for _ in range(MOST_STEPS):
        if not len(moving):
            break
        gradient = _gradient(strengths[moving], wins[moving], totals[moving], design)
        spread = _curvature(strengths[moving], totals[moving], design)
        step = np.linalg.solve(spread, gradient[:, :, None])[:, :, 0]
        largest = np.abs(step).max(axis=1, keepdims=True)
        strengths[moving] += step / np.maximum(1.0, largest)
        moving = moving[(largest[:, 0] > CLOSE) & (np.abs(strengths[moving]).max(axis=1) < LARGEST)]
    strengths[np.abs(strengths).max(axis=1) >= LARGEST] = np.nan
    return strengths


def _gradient(strengths: Array, wins: Array, totals: Array, design: Array) -> Array:
    return np.asarray((wins - totals / (1 + np.exp(-strengths @ design.T))) @ design)


def _curvature(strengths: Array, totals: Array, design: Array) -> Array:
    """(R, K, K), made regular in the direction that no comparison tells of."""
    mean, k = 1 / (1 + np.exp(-strengths @ design.T)), design.shape[1]
    spread = (totals * mean * (1 - mean)) @ _squares(design)
    return np.asarray(spread.reshape(-1, k, k) + 1 / k + RIDGE * np.eye(k))


def _squares(design: Array) -> Array:
    """(P, K·K)"""
    return np.asarray((design[:, :, None] * design[:, None, :]).reshape(len(design), -1))


def _disconnected(totals: Array, design: Array) -> NDArray[np.bool_]:
    """Replicates in which some pipelines never meet; only those that lack a pair can be."""
    lost, k = np.asarray(~totals.all(axis=1)), design.shape[1]
    graphs = ((totals[lost] > 0) @ _squares(design)).reshape(-1, k, k) + 1 / k
    lost[lost] = np.linalg.eigvalsh(graphs)[:, 0] < 1e-6
    return lost


def _by_pair(cells: Cells) -> tuple[NDArray[np.int64], Array]:
    """Unordered pairs (P, 2), and (3, P): how often the first of each won, neither, the second."""
    low, high = np.minimum(cells.first, cells.second), np.maximum(cells.first, cells.second)
    codes, place = np.unique(low * cells.pipelines + high, return_inverse=True)
    won, lost = (
        np.where(cells.first == low, cells.wins, cells.losses),
        np.where(cells.first == low, cells.losses, cells.wins),
    )
    counts = np.array([np.bincount(place, weights=of, minlength=len(codes)) for of in (won, cells.ties, lost)])
    return np.stack([codes // cells.pipelines, codes % cells.pipelines], axis=1), counts


def _drawn(counts: Array, replicates: int, seed: int) -> tuple[Array, Array]:
    """Wins of the first of each pair, ties half, and totals, both (replicates, P)."""
    shares = counts.ravel() / counts.sum()
    drawn = np.random.default_rng(seed).multinomial(int(counts.sum()), shares, size=replicates).astype(np.float64)
    won, tied, lost = np.split(drawn, 3, axis=1)
    return won + tied / 2, won + tied + lost
