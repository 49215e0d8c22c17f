"""Does the interval hold when an automatic judge sharpens it, and how many judgments does it save?

Every task favours A with a probability of its own; two of twenty assessors judge 120 tasks, the judge 1,320. Run:
`python -m perf.powered [--draws 1000]`; the table goes to `perf/results.md`.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from apps.statistics.prediction_powered import Powered, prediction_powered
from perf.table import write_section

TASKS, REST, OVERLAP, PANEL = 120, 1200, 2, 20
JUDGES = {"sees it through noise .05": 0.05, "noise .2": 0.2, "noise .5": 0.5, "knows nothing": None}
BIAS = 0.3


def run(noise: float | None, lean: float, rng: np.random.Generator, bias: float = 0.0) -> Powered:
    truth, n = rng.random(TASKS + REST), TASKS * OVERLAP
    judge = rng.random(len(truth)) if noise is None else np.clip(truth + bias + rng.normal(0, noise, len(truth)), 0, 1)
    tasks = np.repeat(np.arange(TASKS), OVERLAP)
    people = rng.random((TASKS, PANEL)).argsort(axis=1)[:, :OVERLAP].ravel()
    chance = np.clip(truth[tasks] + rng.normal(0, lean, PANEL)[people], 0, 1)
    scores = (rng.random(n) < chance).astype(float)
    return prediction_powered(scores, tasks, people, judge[tasks], judge[TASKS:])


def row(name: str, noise: float | None, lean: float, draws: int, bias: float = 0.0) -> list[str]:
    rng = np.random.default_rng(9)
    found = [run(noise, lean, rng, bias) for _ in range(draws)]

    def share(parts: Sequence[float]) -> str:
        return f"{100 * float(np.mean(parts)):.1f} %"

    sharpened = share([(item.estimate.low or 0) <= 0.5 <= (item.estimate.high or 0) for item in found])
    alone = share([(item.people_alone.low or 0) <= 0.5 <= (item.people_alone.high or 0) for item in found])
    saved = share([item.saved for item in found])
    return [name, f"{lean}", share([item.passed for item in found]), alone, sharpened, saved]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    draws = parser.parse_args().draws
    write_section(
        "Win rate sharpened by an automatic judge",
        f"`python -m perf.powered --draws {draws}`: 95 % intervals, and the variance that the judge takes away.",
        ["judge", "assessors' lean", "used", "held, people alone", "held, with the judge", "judgments saved"],
        [row(name, noise, lean, draws) for lean in (0.0, 0.1) for name, noise in JUDGES.items()]
        + [row(f"noise .2, favours A by {BIAS}", 0.2, 0.1, draws, BIAS)],
    )


if __name__ == "__main__":
    main()
