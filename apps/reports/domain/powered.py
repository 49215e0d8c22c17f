"""The win rate made sharper by an automatic judge: beside people's headline, and only where the judge agrees with them.

A task on which the judge has no word (a reply not understood, no usable reference) counts as if it had said "neither",
whether people judged it or not: the same rule on both sides keeps the estimate unbiased.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from apps.statistics.clustered import Estimate
from apps.statistics.gates import verdict_gate
from apps.statistics.prediction_powered import prediction_powered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from apps.reports.domain.columns import Columns
    from apps.statistics.prediction_powered import Powered

Refused = Literal["", "unfinished", "everywhere", "few", "no_interval", "agreement"]


@dataclass(frozen=True)
class PoweredNumbers:
    """`shared` tasks were judged by people (and the judge), `alone` ones by the judge only. `correlation` of the two
    over the shared tasks; `weight` the judge gets; `saved`: the share of people's tasks that its word stands for.
    `refused`: why the judge may not be used; then `win_rate` is people's alone."""

    judge: str
    kind: str
    shared: int
    alone: int
    win_rate: Estimate
    people: Estimate
    correlation: float | None
    weight: float
    saved: float
    refused: Refused


def power(
    judge: str,
    kind: str,
    data: Columns,
    said: Mapping[str, float],
    tasks: Collection[str],
    *,
    finished: bool,
    confidence: float,
) -> PoweredNumbers:
    """`data` by people; `said`: by task key the judge's preference in [-1, 1], 1 for A; `tasks`: the keys of all tasks
    that can be judged; `finished`: the judge was asked about each."""
    judged = set(data.task_keys)
    alone = [key for key in tasks if key not in judged]
    of_people, others = (np.array([(said.get(key, 0.0) + 1) / 2 for key in keys]) for keys in (data.task_keys, alone))
    found = prediction_powered(
        data.scores,
        data.tasks,
        data.assessors,
        of_people[data.tasks],
        others,
        confidence=confidence,
    )
    refused = _refused(found, len(alone), finished=finished)
    return PoweredNumbers(
        judge=judge,
        kind=kind,
        shared=len(judged),
        alone=len(alone),
        win_rate=found.people_alone if refused else found.estimate,
        people=found.people_alone,
        correlation=found.correlation,
        weight=0.0 if refused else found.weight,
        saved=0.0 if refused else found.saved,
        refused=refused,
    )


def _refused(found: Powered, alone: int, *, finished: bool) -> Refused:
    people = found.people_alone
    if not finished:
        return "unfinished"
    if not alone:
        return "everywhere"
    if not verdict_gate(people.tasks, people.assessors).passed:
        return "few"
    if people.undefined:
        return "no_interval"
    return "" if found.passed else "agreement"
