"""What automatic judges may add to people's headline when a report is frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.judges.queries import coverage, judge_verdicts, judges_of, released
from apps.reports.domain.powered import power
from apps.reports.provenance import CONFIDENCE

if TYPE_CHECKING:
    from apps.assessment.models import Evaluation
    from apps.reports.domain.columns import Columns
    from apps.reports.domain.powered import PoweredNumbers


def powered_by_judges(evaluation: Evaluation, data: Columns) -> tuple[PoweredNumbers, ...]:
    """One entry for each judge, in the order in which they were started: which to trust is not chosen by its result."""
    judges = list(judges_of(evaluation))
    if not judges:
        return ()
    tasks = list(released(evaluation).order_by("task__position").values_list("task__key", flat=True))
    found = []
    for judge in judges:
        state = coverage(judge)
        said = {item.task_key: item.preference for item in judge_verdicts(evaluation, judge)}
        finished = not (state.unasked or state.under_way)
        found.append(power(str(judge), judge.kind, data, said, tasks, finished=finished, confidence=CONFIDENCE))
    return tuple(found)
