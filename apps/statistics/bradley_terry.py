"""Strengths of more than two pipelines from comparisons of pairs.

Bradley & Terry 1952, a tie being half a win for each: the score equations of P(i beats j) = 1/(1 + exp(-s)) with
s = θ_i - θ_j + γ. Davidson 1970 gives ties a probability of their own: P(i) : P(tie) : P(j) = e^(s/2) : ν : e^(-s/2).
γ is the advantage of standing first (on the left). Half-win strengths are drawn towards 0 where ties are many.

Shapes: one entry per comparison; `first`, `second` code pipelines 0..K-1, `scores` 1 (first wins), ½, 0. θ sums to 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.statistics.codes import as_codes, as_places
from apps.statistics.sandwich import ClusteredCovariance, Information, clustered_covariance

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]

MAX_STEPS, CLOSE, ENDLESS = 100, 1e-10, 30.0  # ENDLESS in logits: no finite estimate lies beyond
PSEUDO = 0.5  # wins given to both sides of every pair that met, when someone only won or only lost


class DisconnectedError(ValueError):
    """`groups` of pipelines never met each other, so nothing relates their strengths."""

    def __init__(self, groups: list[list[int]]) -> None:
        self.groups = groups
        super().__init__(f"these groups of pipelines were never compared with each other: {groups}")


class OneOrderError(np.linalg.LinAlgError):
    """Pairs were not shown both ways round enough to tell who is better from who stands first."""

    def __init__(self) -> None:
        super().__init__("the advantage of standing first can't be told from strength: show pairs both ways round")


@dataclass(frozen=True)
class Cells:
    """Comparisons counted by ordered pair: `wins`, `ties`, `losses` of the pipeline shown first."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    wins: Array
    ties: Array
    losses: Array
    pipelines: int

    @property
    def total(self) -> Array:
        return self.wins + self.ties + self.losses


@dataclass(frozen=True)
class Fit:
    """`strength` θ (K,), sum 0; `order` γ; `ties` ν, None without. `hessian` over (θ, γ?, ln ν?), θ made regular.

    `regularised`: half a win was given to both sides of every pair that met, since the data have no finite estimate.
    """

    strength: Array
    order: float | None
    ties: float | None
    hessian: Array
    regularised: bool

    @property
    def model_covariance(self) -> Array:
        """As if every comparison were independent."""
        return np.asarray(np.linalg.inv(self.hessian))

    def win_rates(self) -> Array:
        """(K, K): the predicted win rate of row against column, a tie half, whoever stands first."""
        s = self.strength[:, None] - self.strength[None, :]
        win, tie, _ = _shares(s, self.ties)
        return np.asarray(win + tie / 2)


def count_cells(first: ArrayLike, second: ArrayLike, scores: ArrayLike, pipelines: int) -> Cells:
    """Raises ValueError for scores other than 0, ½, 1, for a pipeline compared with itself, and for an unknown one."""
    i, j = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
    y = np.asarray(scores, dtype=np.float64)
    if not np.isin(y, (0.0, 0.5, 1.0)).all() or (i == j).any():
        raise ValueError("scores must be 0, ½ or 1, and a pipeline is never compared with itself")
    if len(y) and not (min(i.min(), j.min()) >= 0 and max(i.max(), j.max()) < pipelines):
        raise ValueError(f"pipelines are numbered from 0 to {pipelines - 1}")
    code, square = i * pipelines + j, pipelines * pipelines
    won, tied, lost = (np.bincount(code[y == s], minlength=square).astype(np.float64) for s in (1.0, 0.5, 0.0))
    met = np.flatnonzero(won + tied + lost)
    return Cells(met // pipelines, met % pipelines, won[met], tied[met], lost[met], pipelines)


def fit(cells: Cells, *, order_effect: bool = False, ties: bool = False) -> Fit:
    """`ties`: Davidson's model. Raises DisconnectedError when some pipelines never met, even through others, and
    OneOrderError when the order effect has no estimate of its own.
    """
    groups = _connected(cells, directed=False)
    if len(groups) > 1:
        raise DisconnectedError(groups)
    if order_effect and not _shown_both_ways(cells):
        raise OneOrderError
    lacking = len(_connected(cells, directed=True)) > 1 or (ties and not cells.ties.any())
    b = None if lacking else _solved(cells, order_effect, ties)
    if b is None:
        lacking, cells = True, _with_pseudo_wins(cells, ties=ties)
        b = _solved(cells, order_effect, ties)
    if b is None:
        raise np.linalg.LinAlgError("the strengths have no finite estimate")
    _, hessian = _derivatives(b, cells, order_effect, ties)
    strength = b[: cells.pipelines] - b[: cells.pipelines].mean()
    order = float(b[cells.pipelines]) if order_effect else None
    return Fit(strength, order, float(np.exp(b[-1])) if ties else None, hessian, lacking)


def _solved(cells: Cells, order_effect: bool, ties: bool) -> Array | None:
    """Newton's method; None where the likelihood only rises towards infinity (the first always wins, all tie)."""
    b = np.zeros(cells.pipelines + order_effect + ties)
    for _ in range(MAX_STEPS):
        gradient, hessian = _derivatives(b, cells, order_effect, ties)
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return None
        b = b + step / max(1.0, float(np.abs(step).max()))
        if np.abs(b).max() > ENDLESS:
            return None
        if np.abs(step).max() < CLOSE:
            return b
    return None


def _shown_both_ways(cells: Cells) -> bool:
    """Is "first" no mere difference of strengths?"""
    rows, k = np.arange(len(cells.first)), cells.pipelines
    design = np.zeros((len(rows), k + 1))
    design[rows, cells.first], design[rows, cells.second], design[:, k] = 1, -1, 1
    return bool(np.linalg.matrix_rank(design) == k)


def covariance(
    found: Fit, first: ArrayLike, second: ArrayLike, scores: ArrayLike, tasks: ArrayLike, assessors: ArrayLike
) -> ClusteredCovariance:
    """Clustered by task and by assessor, over (θ, γ?, ln ν?). What an assessor tells of θ and γ is counted as the
    variance of their scores; what they tell of ν is not."""
    i, j, y = np.asarray(first), np.asarray(second), np.asarray(scores, dtype=np.float64)
    win, tie, _ = _shares(found.strength[i] - found.strength[j] + (found.order or 0.0), found.ties)
    along = y - (win + tie / 2)  # for Davidson half of (won - lost) minus its mean, which is the same
    rows, k = np.arange(len(y)), len(found.strength)
    parts = [(rows, i, along), (rows, j, -along)]
    if found.order is not None:
        parts.append((rows, np.full(len(y), k), along))
    if found.ties is not None:
        parts.append((rows, np.full(len(y), len(found.hessian) - 1), (y == 0.5) - tie))
    index, column, u = (np.concatenate(part) for part in zip(*parts, strict=True))
    variance = win + tie / 4 - (win + tie / 2) ** 2
    told = _told(found, i, j, variance, as_codes(assessors))
    return clustered_covariance(index, column, u, found.hessian, tasks, assessors, told)


def _told(found: Fit, i: Codes, j: Codes, variance: Array, people: Codes) -> Information:
    """Of each assessor; ordered pairs are few, judgments many."""
    k, size = len(found.strength), len(found.hessian)
    kinds, place = as_places(people * k * k + i * k + j)
    x, pairs = np.zeros((k * k, size)), np.arange(k * k)
    x[pairs, pairs // k] += 1
    x[pairs, pairs % k] -= 1
    if found.order is not None:
        x[:, k] = 1
    weights = np.bincount(place, variance, minlength=len(kinds)).astype(np.float64, copy=False)
    return Information(kinds // (k * k), x, kinds % (k * k), weights)


def deviance(cells: Cells, found: Fit) -> float:
    """Twice the log-likelihood lost against a model with a parameter for every ordered pair that met."""
    shares = _shares(found.strength[cells.first] - found.strength[cells.second] + (found.order or 0.0), found.ties)
    told = (cells.wins, cells.ties, cells.losses)
    if found.ties is None:
        told = (cells.wins + cells.ties / 2, np.zeros_like(cells.ties), cells.losses + cells.ties / 2)
    lost = 0.0
    for count, share in zip(told, shares, strict=True):
        seen = count > 0
        lost += 2 * float((count[seen] * np.log(count[seen] / (cells.total * share)[seen])).sum())
    return lost


def _shares(s: Array, ties: float | None) -> tuple[Array, Array, Array]:
    """Probabilities that the first wins, ties, loses."""
    if ties is None:
        win = 1 / (1 + np.exp(-np.clip(s, -700, 700)))
        return win, np.zeros_like(win), 1 - win
    up, down = np.exp(np.clip(s / 2, -350, 350)), np.exp(np.clip(-s / 2, -350, 350))
    total = up + down + ties
    return up / total, ties / total, down / total


def _derivatives(b: Array, cells: Cells, order_effect: bool, ties: bool) -> tuple[Array, Array]:
    """Gradient and information of the log-likelihood; ones on θ make the information regular and keep the sum 0."""
    k, i, j, n = cells.pipelines, cells.first, cells.second, cells.total
    order = b[k] if order_effect else 0.0
    win, tie, loss = _shares(b[i] - b[j] + order, float(np.exp(b[-1])) if ties else None)
    mean = win + tie / 2
    along = cells.wins + cells.ties / 2 - n * mean
    spread = n * ((win + loss) / 4 - ((win - loss) / 2) ** 2) if ties else n * mean * (1 - mean)
    design = np.zeros((len(i), len(b)))
    rows = np.arange(len(i))
    design[rows, i], design[rows, j] = 1, -1
    if order_effect:
        design[:, k] = 1
    gradient, hessian = design.T @ along, (design * spread[:, None]).T @ design
    if ties:
        gradient[-1] = (cells.ties - n * tie).sum()
        cross = -(n * (win - loss) / 2 * tie) @ design
        hessian[-1, :] = hessian[:, -1] = cross
        hessian[-1, -1] = (n * tie * (1 - tie)).sum()
    hessian[:k, :k] += 1 / k
    return gradient, hessian


def _with_pseudo_wins(cells: Cells, *, ties: bool) -> Cells:
    half = np.full(len(cells.first), PSEUDO)
    return Cells(
        cells.first,
        cells.second,
        cells.wins + half,
        cells.ties + (half if ties else 0),
        cells.losses + half,
        cells.pipelines,
    )


def _connected(cells: Cells, *, directed: bool) -> list[list[int]]:
    """Groups of pipelines that reach each other; `directed`: by chains of wins or ties, as a finite fit needs."""
    k = cells.pipelines
    reach = np.eye(k, dtype=bool)
    won, lost = cells.wins + cells.ties > 0, cells.losses + cells.ties > 0
    reach[cells.first[won], cells.second[won]] = True
    reach[cells.second[lost], cells.first[lost]] = True
    reach = reach if directed else reach | reach.T
    for _ in range(max(1, k.bit_length())):
        reach = reach @ reach
    mutual = reach & reach.T
    return [list(map(int, np.flatnonzero(row))) for row in np.unique(mutual, axis=0)]
