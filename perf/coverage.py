"""How often does a 95 % interval of the win rate hold the truth? Ours (two-way clustered) beside the usual ones.

Judgments are drawn as people make them: tasks differ, assessors lean, some comparisons tie. Every interval below is
computed on the same draws. Run: `python -m perf.coverage [--draws 1000]`; the table goes to `perf/results.md`.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from apps.statistics.clustered import clustered_mean, proportion
from apps.statistics.wilson import wilson
from perf.table import write_section

TIE_BAND = 0.35  # half-width, in logits, of the zone in which an assessor calls a tie: about 17 % of judgments
NAMES = ("independent judgments (Wilson)", "tasks only (t)", "two-way, tasks × assessors (ours)")


@dataclass(frozen=True)
class Design:
    tasks: int
    overlap: int
    assessors: int
    lean: float  # standard deviation of the assessors' personal lean, logits
    effect: float = 0.0  # mean preference for A, logits
    pace: float = 0.0  # standard deviation of the logarithm of how much each assessor does


DESIGNS = [
    Design(30, 5, 10, 0.0),
    Design(100, 5, 30, 0.0),
    Design(100, 5, 10, 0.5),
    Design(300, 3, 30, 0.5),
    Design(1000, 3, 30, 0.5),
    Design(200, 3, 5, 0.5),
    Design(100, 3, 20, 0.3, effect=2.5),
    Design(300, 3, 30, 0.5, pace=1.2),
    Design(100, 3, 8, 0.3, pace=1.0),
]


def draw(design: Design, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores 1, ½, 0 with their task and assessor, one entry per judgment."""
    tasks = np.repeat(np.arange(design.tasks), design.overlap)
    eager = rng.normal(0, design.pace, design.assessors) if design.pace else 0.0
    ranks = (rng.gumbel(size=(design.tasks, design.assessors)) + eager).argsort(axis=1)[:, ::-1]
    assessors = ranks[:, : design.overlap].ravel()
    by_task, by_assessor = rng.normal(0, 1.5, design.tasks), rng.normal(0, design.lean, design.assessors)
    leaning = design.effect + by_task[tasks] + by_assessor[assessors]
    latent = leaning + rng.logistic(size=len(tasks))
    return np.where(latent > TIE_BAND, 1.0, np.where(latent < -TIE_BAND, 0.0, 0.5)), tasks, assessors


def truth(design: Design) -> float:
    """The win rate of a very large experiment of the same kind."""
    large = Design(400_000, 1, 400_000, 0.0, design.effect)
    rng = np.random.default_rng(0)
    spread = np.hypot(1.5, design.lean)
    latent = design.effect + rng.normal(0, spread, large.tasks) + rng.logistic(size=large.tasks)
    return float(np.mean(np.where(latent > TIE_BAND, 1.0, np.where(latent < -TIE_BAND, 0.0, 0.5))))


def intervals(scores: np.ndarray, tasks: np.ndarray, assessors: np.ndarray) -> Iterator[tuple[float, float]]:
    yield wilson(float(scores.mean()), float(len(scores)), float(stats.norm.isf(0.025)))
    by_task = np.bincount(tasks, scores) / np.bincount(tasks)
    half = float(stats.t.isf(0.025, len(by_task) - 1) * by_task.std(ddof=1) / np.sqrt(len(by_task)))
    yield float(by_task.mean()) - half, float(by_task.mean()) + half
    ours = proportion(clustered_mean(scores, tasks, assessors))
    yield ours.low or 0.0, ours.high or 1.0


def coverage(design: Design, draws: int) -> list[float]:
    """The share of draws whose interval holds the truth, in per cent, by method."""
    rng, target = np.random.default_rng(1), truth(design)
    hits = np.zeros(len(NAMES))
    for _ in range(draws):
        hits += [low <= target <= high for low, high in intervals(*draw(design, rng))]
    return [float(share) for share in 100 * hits / draws]


def told(design: Design) -> str:
    return f", uneven pace {design.pace}" if design.pace else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    draws = parser.parse_args().draws
    rows = [
        [f"{d.tasks} × {d.overlap}, {d.assessors} assessors, lean {d.lean}{told(d)}, win rate {truth(d):.2f}"]
        + [f"{share:.1f} %" for share in coverage(d, draws)]
        for d in DESIGNS
    ]
    write_section(
        "Coverage of 95 % intervals of the win rate",
        f"`python -m perf.coverage --draws {draws}`: the share of simulated experiments whose interval holds it.",
        ["tasks × judgments each", *NAMES],
        rows,
    )


if __name__ == "__main__":
    main()
