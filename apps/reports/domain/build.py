"""From judgments to the numbers of a report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.columns import NOTHING, columns_of, data_sha256
from apps.reports.domain.counted import count
from apps.reports.domain.deepen import deepen
from apps.reports.domain.measure import measure_criterion, measure_groups, measure_position
from apps.reports.domain.numbers import VERSION, Counts, CriterionNumbers, Facts, Group, Method, Numbers, Verdict
from apps.statistics.gates import verdict_gate
from apps.statistics.heterogeneity import Heterogeneity, cochran_q
from apps.statistics.multiplicity import benjamini_hochberg, holm
from apps.statistics.preference import IndependentMean, if_independent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.beside import Beside
    from apps.reports.domain.columns import Columns, JudgmentLike
    from apps.reports.domain.counted import Counted
    from apps.reports.domain.numbers import Reading
    from apps.reports.domain.watching import Watch
    from apps.statistics.tallied import Tally


def build_numbers(rows: Sequence[JudgmentLike], facts: Facts, method: Method, beside: Beside = NOTHING) -> Numbers:
    """As `build_from`, from single judgments; their order does not matter."""
    return build_from(columns_of(rows, facts.criteria, beside), facts, method, beside)


def build_from(data: Columns, facts: Facts, method: Method, beside: Beside = NOTHING) -> Numbers:
    """Everything a report states. Works from no judgments at all upwards."""
    counted = count(data, facts)
    (overall,) = measure_groups([""], counted.verdicts.regrouped(), method)
    overall = replace(overall, enough=verdict_gate(overall.tasks, overall.assessors).passed)
    clusters = _groups(data.cluster_names, counted.verdicts.regrouped(counted.cluster), method)
    languages = _groups(data.language_names, counted.verdicts.regrouped(counted.language), method)
    independent = _independent(overall, method)
    return Numbers(
        version=VERSION,
        data_sha256=data_sha256(data),
        facts=facts,
        counts=_count(data),
        verdict=_read(overall, 1 - method.confidence, is_open=facts.evaluation_state == "open"),
        overall=overall,
        independent_value=independent.mean if independent else None,
        independent_low=independent.low if independent else None,
        independent_high=independent.high if independent else None,
        clusters=clusters,
        languages=languages,
        cluster_spread=_spread(clusters),
        language_spread=_spread(languages),
        criteria=_criteria(counted, facts, method),
        position=measure_position(counted.sided, method),
        method=method,
        depth=deepen(data, counted, facts, method, beside, overall, clusters),
    )


def _read(overall: Group, alpha: float, *, is_open: bool) -> Verdict:
    """What may be said: nothing without enough data or while judging goes on.

    Else the side of one half that the interval lies on.
    """
    gate = verdict_gate(overall.tasks, overall.assessors)
    reading: Reading = "undecided"
    if not overall.judgments:
        reading = "empty"
    elif not gate.passed:
        reading = "insufficient"
    elif is_open:
        reading = "interim"
    elif overall.win_rate.p is not None and overall.win_rate.p < alpha:
        reading = "a" if (overall.win_rate.value or 0) > 0.5 else "b"
    return Verdict(reading, gate.tasks_missing, gate.assessors_missing)


def heed(numbers: Numbers, watched: Watch | None) -> Numbers:
    """With what a plan set beforehand found, which the verdict may not go beyond.

    The interval and its p hold for one look at the end; who may close an evaluation at any time would otherwise find a
    difference by chance in a quarter of evaluations without one.
    """
    reading = numbers.verdict.reading
    if watched and reading in ("a", "b") and watched.outcome != reading:
        return replace(numbers, watch=watched, verdict=replace(numbers.verdict, reading="not_by_plan"))
    return replace(numbers, watch=watched)


def _groups(names: Sequence[str], verdicts: Tally, method: Method) -> tuple[Group, ...]:
    """One group per name, best for A first; p adjusted by Benjamini-Hochberg over those with enough data."""
    groups = measure_groups(names, verdicts, method) if names else []
    tested = [group for group in groups if group.enough and group.win_rate.p is not None]
    adjusted = benjamini_hochberg([group.win_rate.p or 0.0 for group in tested])
    by_key = {group.key: float(p) for group, p in zip(tested, adjusted, strict=True)}
    groups.sort(key=lambda group: (-(group.win_rate.value or 0), group.key))
    return tuple(replace(group, p_adjusted=by_key.get(group.key)) for group in groups)


def _spread(groups: Sequence[Group]) -> Heterogeneity:
    rates = [group.win_rate for group in groups if group.enough and group.win_rate.standard_error]
    return cochran_q([rate.value or 0.0 for rate in rates], [(rate.standard_error or 0) ** 2 for rate in rates])


def _criteria(counted: Counted, facts: Facts, method: Method) -> tuple[CriterionNumbers, ...]:
    """Each criterion, p adjusted by Holm over all that were asked: what cannot be tested counts as p = 1.

    A family that shrank with the data would adjust less for it.
    """
    asked = {item.key: item for item in facts.asked}
    criteria = [measure_criterion(key, counted, method, asked.get(key)) for key in facts.criteria]
    adjusted = holm([1.0 if criterion.net.p is None else criterion.net.p for criterion in criteria])
    return tuple(
        replace(criterion, p_adjusted=None if criterion.net.p is None else float(p))
        for criterion, p in zip(criteria, adjusted, strict=True)
    )


def _count(data: Columns) -> Counts:
    return Counts(
        judgments=len(data),
        tasks=int(np.count_nonzero(np.bincount(data.tasks))),
        assessors=int(np.count_nonzero(np.bincount(data.assessors))),
        simulated_judgments=int(data.simulated.sum()),
        simulated_assessors=len(np.unique(data.assessors[data.simulated])),
        median_seconds=data.median_seconds,
    )


def _independent(overall: Group, method: Method) -> IndependentMean | None:
    said = overall.counts
    wins, losses = said["a_much"] + said["a"], said["b"] + said["b_much"]
    return if_independent(wins, overall.judgments - wins - losses, losses, method.confidence)
