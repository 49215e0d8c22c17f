"""How far strengths of Bradley and Terry move when comparisons are drawn again: all replicates at once, by Newton.

Of many comparisons each replicate lies near the estimate of all data, so the curvature there serves all of them, and a
step costs no more than a gradient; those that it does not bring home are solved each with its own.

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
RIDGE = 1e-9  # keeps what is all but infinite solvable


def bootstrap_strengths(cells: Cells, replicates: int = 1000, *, seed: int = 0) -> Array:
    """(replicates, K), each row sums to 0, ties half a win; NaN where the drawn comparisons have no finite estimate."""
    pairs, counts = _by_pair(cells)
    strengths = np.full((replicates, cells.pipelines), np.nan)
    if not counts.sum():
        return strengths
    model = _Model(pairs, cells.pipelines)
    wins, totals = _drawn(counts, replicates, seed)
    left = _is_finite(wins, totals, pairs, cells.pipelines)
    all_wins, all_totals = (counts[0] + counts[1] / 2)[None], counts.sum(axis=0)[None]
    if left.any() and _is_finite(all_wins, all_totals, pairs, cells.pipelines).all():
        near, is_home = model.solve_near(model.solve(all_wins, all_totals), all_totals, wins, totals)
        strengths[left & is_home] = near[left & is_home]
        left &= ~is_home
    strengths[left] = model.solve(wins[left], totals[left])
    return np.asarray(strengths - strengths.mean(axis=1, keepdims=True))


class _Model:
    """Of pairs (P, 2): `design` (P, K) says who meets whom."""

    def __init__(self, pairs: NDArray[np.int64], pipelines: int) -> None:
        rows, self.design = np.arange(len(pairs)), np.zeros((len(pairs), pipelines))
        self.design[rows, pairs[:, 0]], self.design[rows, pairs[:, 1]] = 1, -1
        self.squares = (self.design[:, :, None] * self.design[:, None, :]).reshape(len(pairs), -1)

    def solve_near(self, centre: Array, told: Array, wins: Array, totals: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Strengths (R, K) by steps from `centre` (1, K), all with its curvature, and which of them were found."""
        strengths, inverse = np.repeat(centre, len(wins), axis=0), np.linalg.inv(self.curvature(centre, told)[0])
        for _ in range(SHARED_STEPS):
            step = self.gradient(strengths, wins, totals) @ inverse
            largest = np.abs(step).max(axis=1, keepdims=True)
            strengths += step / np.maximum(1.0, largest)
            is_home = largest[:, 0] <= CLOSE
            if is_home.all():
                break
        return strengths, is_home

    def solve(self, wins: Array, totals: Array) -> Array:
        """(R, K) by steps each with its own curvature; NaN for what they do not find."""
        strengths, moving = np.zeros((len(wins), self.design.shape[1])), np.arange(len(wins))
        for _ in range(MOST_STEPS):
            if not len(moving):
                break
            gradient = self.gradient(strengths[moving], wins[moving], totals[moving])
            spread = self.curvature(strengths[moving], totals[moving])
            step = np.linalg.solve(spread, gradient[:, :, None])[:, :, 0]
            largest = np.abs(step).max(axis=1, keepdims=True)
            strengths[moving] += step / np.maximum(1.0, largest)
            moving = moving[largest[:, 0] > CLOSE]
        strengths[moving] = np.nan
        return strengths

    def gradient(self, strengths: Array, wins: Array, totals: Array) -> Array:
        return np.asarray((wins - totals * self.win(strengths)) @ self.design)

    def curvature(self, strengths: Array, totals: Array) -> Array:
        """(R, K, K), made regular in the direction that no comparison tells of."""
        win, k = self.win(strengths), self.design.shape[1]
        return np.asarray(((totals * win * (1 - win)) @ self.squares).reshape(-1, k, k) + 1 / k + RIDGE * np.eye(k))

    def win(self, strengths: Array) -> Array:
        """(R, P): how probably the first of each pair wins."""
        return np.asarray(1 / (1 + np.exp(-strengths @ self.design.T)))


def _is_finite(wins: Array, totals: Array, pairs: NDArray[np.int64], k: int) -> NDArray[np.bool_]:
    """Whether from every pipeline a chain of wins, ties among them, leads to every other: Ford's condition (1957) for a
    finite estimate. Only replicates in which somebody won all, or did not meet everybody, can lack one."""
    found = np.asarray(((wins > 0) & (wins < totals)).all(axis=1)) & (len(pairs) == k * (k - 1) // 2)
    reach = np.tile(np.eye(k, dtype=np.float32), (int((~found).sum()), 1, 1))
    reach[:, pairs[:, 0], pairs[:, 1]] = wins[~found] > 0
    reach[:, pairs[:, 1], pairs[:, 0]] = wins[~found] < totals[~found]
    for _ in range(k.bit_length()):
        reach = np.minimum(reach @ reach, 1)
    found[~found] = reach.all(axis=(1, 2))
    return found


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
