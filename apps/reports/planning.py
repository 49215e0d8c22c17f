"""What a plan needs, and how far judging has come on its way."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from apps.assessment.queries import pair_counts
from apps.reports.domain.watching import watch
from apps.reports.reading import read_columns
from apps.statistics.power import Design, variance_components

if TYPE_CHECKING:
    from apps.assessment.models import Evaluation
    from apps.reports.domain.columns import Columns
    from apps.reports.domain.watching import Watch
    from apps.reports.models import StoppingPlan

DIFFERENCES = (0.02, 0.03, 0.05, 0.075, 0.1)
LARGEST = 0.5  # of the win rate from one half
PANELS = (5, 8, 10, 20, 30, 50)
MOST = {"tie_share": 95, "between_tasks": 90, "between_assessors": 50}  # per cent that a plan may expect


@dataclass(frozen=True)
class Needed:
    """Tasks and judgments that `assessors` need to see `difference`; None: no number of tasks is enough."""

    difference: float
    assessors: int
    tasks: int | None
    judgments: int | None


@dataclass(frozen=True)
class Reach:
    """What a bucket can show: its `tasks` whose pair was not lost or excluded, of which a design needs `needed` (0
    without a plan); all of them show a `difference`, None where not even the largest."""

    tasks: int
    needed: int
    difference: float | None

    @property
    def is_short(self) -> bool:
        return self.needed > self.tasks


def reach_of(evaluation: Evaluation, design: Design, planned: int = 0) -> Reach:
    """`planned` judgments in all. Pairs whose answers are still to come count as if they were there."""
    pairs = pair_counts(evaluation)
    tasks = pairs.released + pairs.held + pairs.to_come
    shown = design.smallest_difference(tasks) if tasks else 1.0
    return Reach(tasks, ceil(planned / design.overlap), shown if shown <= LARGEST else None)


def plan_in_force(evaluation: Evaluation) -> StoppingPlan | None:
    plan: StoppingPlan | None = evaluation.stopping_plans.select_related("created_by").last()
    if plan:
        plan.evaluation = evaluation
    return plan


def watch_judgments(data: Columns, plan: StoppingPlan) -> Watch:
    return watch(data.scores, data.tasks, data.assessors, plan.plan, data.made)


def first_guess(evaluation: Evaluation) -> dict[str, object]:
    """What the form begins with, in per cent: what is usual, or what the judgments so far say."""
    data = read_columns(evaluation, ())
    guess: dict[str, object] = {"difference": 5, "alpha": 5, "power": 80, "assessors": evaluation.assessors.count()}
    usual = Design()
    found = variance_components(data.scores, data.tasks, data.assessors)
    enough = len(data) >= 100  # below, a pilot says less than what is usual
    shares = {
        "tie_share": found.tie_share if enough else usual.tie_share,
        "between_tasks": usual.between_tasks if found.between_tasks is None or not enough else found.between_tasks,
        "between_assessors": (
            usual.between_assessors if found.between_assessors is None or not enough else found.between_assessors
        ),
    }
    return guess | {name: min(MOST[name], round(100 * share, 1)) for name, share in shares.items()}


def needed_table(design: Design) -> list[list[Needed]]:
    """A row for each number of assessors, a column for each of `DIFFERENCES`."""
    return [[_needed(design, difference, people) for difference in DIFFERENCES] for people in PANELS]


def _needed(design: Design, difference: float, people: int) -> Needed:
    values = {**vars(design), "assessors": people}
    tasks = Design(**values).tasks_for(difference)
    return Needed(difference, people, tasks, None if tasks is None else tasks * design.overlap)
