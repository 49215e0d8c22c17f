"""What is likely true, and how each assessor errs, from labels alone: Dawid & Skene 1979, by EM.

For questions with one true answer (does this answer hallucinate?), not for preferences: people may rightly differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

TINY = 1e-300


@dataclass(frozen=True)
class Truth:
    """Sorted labels: `posterior` (U, K) of each unit's truth, `prior` (K,), `confusion` (G, K true, K said).

    A row of `confusion` is 0 where the assessor saw no unit of that truth.
    """

    units: NDArray[np.generic]
    assessors: NDArray[np.generic]
    labels: NDArray[np.generic]
    posterior: Array
    prior: Array
    confusion: Array

    @property
    def accuracy(self) -> Array:
        """(G,): the chance that the assessor says what is true."""
        return np.asarray(np.einsum("gkk,k->g", self.confusion, self.prior))


def estimate_truth(
    units: ArrayLike, assessors: ArrayLike, labels: ArrayLike, *, most_steps: int = 200, close: float = 1e-6
) -> Truth:
    """One entry per label. Begins with the shares of each unit's labels. Raises ValueError without any label."""
    unit_names, unit = np.unique(np.asarray(units), return_inverse=True)
    names, who = np.unique(np.asarray(assessors), return_inverse=True)
    known, said = np.unique(np.asarray(labels), return_inverse=True)
    if not len(unit):
        raise ValueError("there is nothing to learn from: no labels")
    u, g, k = len(unit_names), len(names), len(known)
    posterior = np.bincount(unit * k + said, minlength=u * k).reshape(u, k).astype(np.float64)
    posterior /= posterior.sum(axis=1, keepdims=True)
    for _ in range(most_steps):
        prior, confusion = _learn(posterior, unit, who * k + said, g, k)
        logs = np.log(np.maximum(confusion, TINY))[who, :, said]
        joint = np.log(np.maximum(prior, TINY)) + np.stack(
            [np.bincount(unit, logs[:, truth], minlength=u) for truth in range(k)], axis=1
        )
        joint = np.exp(joint - joint.max(axis=1, keepdims=True))
        updated = joint / joint.sum(axis=1, keepdims=True)
        moved, posterior = float(np.abs(updated - posterior).max()), updated
        if moved < close:
            break
    prior, confusion = _learn(posterior, unit, who * k + said, g, k)
    return Truth(unit_names, names, known, posterior, prior, confusion)


def _learn(
    posterior: Array, unit: NDArray[np.int64], said_by: NDArray[np.int64], g: int, k: int
) -> tuple[Array, Array]:
    counts = np.stack([np.bincount(said_by, posterior[unit, truth], minlength=g * k) for truth in range(k)])
    counts = counts.reshape(k, g, k).transpose(1, 0, 2)
    totals = counts.sum(axis=2, keepdims=True)
    return posterior.mean(axis=0), np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
