"""How many judgments does stopping when it is known save, and does the error rate hold?

Evaluations are drawn task by task as in `perf.coverage`, judged in the order of tasks, some by people of uneven pace,
and watched by the rule of the page (`apps.reports.domain.watching`). Run: `python -m perf.stopping [--draws 1000]`.
"""

import argparse
from collections import Counter
from dataclasses import dataclass

import numpy as np

from apps.reports.domain.watching import Plan, RuleKind, watch
from apps.statistics.clustered import win_rate
from apps.statistics.power import Design
from perf.coverage import Design as Drawn
from perf.coverage import draw, truth
from perf.table import write_section

MATTERS = 0.05


@dataclass(frozen=True)
class Case:
    effect: float  # mean preference for A, logits
    lean: float
    assessors: int
    pace: float = 0.0
    between: float = 0.015  # share of the variance between assessors, as planned
    matters: float = MATTERS


CASES = [
    Case(0.0, 0.0, 30),
    Case(0.0, 0.3, 30),
    Case(0.35, 0.3, 30),
    Case(0.68, 0.0, 30),
    Case(0.68, 0.3, 30),
    Case(1.05, 0.3, 30),
    Case(1.45, 0.3, 30),
    Case(0.0, 0.3, 30, pace=0.7),
    Case(0.0, 0.5, 10, pace=0.7, between=0.04, matters=0.1),
]


def plan_for(case: Case, kind: RuleKind) -> tuple[Plan, int]:
    """A pilot would have told the shares: here they are those of the model drawn from."""
    design = Design(
        overlap=3,
        assessors=None if not case.lean else case.assessors,
        tie_share=0.17,
        between_tasks=0.3,
        between_assessors=0.0 if not case.lean else case.between,
    )
    tasks = design.tasks_for(case.matters)
    if tasks is None:
        raise ValueError(f"no number of tasks sees {case.matters} with {case}")
    return Plan(case.matters, design, kind, 10, tasks * design.overlap), tasks


def run(case: Case, kind: RuleKind, draws: int) -> list[str]:
    plan, tasks = plan_for(case, kind)
    rng, drawn = np.random.default_rng(5), Drawn(tasks, 3, case.assessors, case.lean, case.effect, case.pace)
    outcomes: Counter[str] = Counter()
    used, fixed = [], 0
    for _ in range(draws):
        judged = draw(drawn, rng)
        found = watch(*judged, plan)
        outcomes[found.outcome] += 1
        used.append(found.at or plan.planned)
        p = win_rate(*judged).p
        fixed += p is not None and p < 0.05
    claimed = 100 * (outcomes["a"] + outcomes["b"]) / draws
    rest = ", ".join(f"{name} {100 * outcomes[name] / draws:.0f} %" for name in ("equivalent", "futile", "open"))
    saved = 100 * (1 - float(np.mean(used)) / plan.planned)
    told = f"{truth(drawn):.3f}, lean {case.lean}"
    told += f", {case.assessors} assessors of uneven pace {case.pace}" if case.pace else ""
    told += f", a plan that sees {0.5 + case.matters}" if case.matters != MATTERS else ""
    return [told, kind, f"{plan.planned}", f"{claimed:.1f} %", f"{100 * fixed / draws:.1f} %", rest, f"{saved:.0f} %"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    draws = parser.parse_args().draws
    kinds: tuple[RuleKind, ...] = ("lan_demets", "sequence")
    write_section(
        "Stopping when it is known",
        f"`python -m perf.stopping --draws {draws}`: plans that see a win rate of 0.55 with 80 % power, three "
        "judgments a task, ten looks. A difference is claimed; beside it what one test at the end of the plan claims. "
        "A quarter of the draws where there is a difference.",
        ["true win rate", "rule", "planned judgments", "claimed", "fixed plan", "otherwise", "judgments saved"],
        [run(case, kind, draws if not case.effect else draws // 4) for kind in kinds for case in CASES],
    )


if __name__ == "__main__":
    main()
