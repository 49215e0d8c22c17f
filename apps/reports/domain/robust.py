"""Would the verdict be the same? Sides, lengths, and the win rate under other choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.depth import LengthBin, Lengths, Sides, Variant
from apps.statistics.clustered import clustered_mean, clustered_ratio, proportion
from apps.statistics.preference import sign_test
from apps.statistics.regression import length_effect, side_effect
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apps.reports.domain.columns import Columns
    from apps.reports.domain.depth import AssessorNumbers
    from apps.reports.domain.numbers import Group, Method
    from apps.statistics.clustered import Estimate, GeneraliseOver

BINS = 7


def measure_sides(data: Columns) -> Sides:
    left = int(data.a_on_left.sum())
    found = side_effect(data.scores, data.a_on_left, data.tasks, data.assessors)
    return Sides(sign_test(left, len(data) - left), found.adjusted, found.effect)


def measure_lengths(data: Columns, method: Method) -> Lengths | None:
    """None where no answer's length is known."""
    known = ~np.isnan(data.words_a)
    if not known.any():
        return None
    part = data.where(known)
    longer = part.words_a - part.words_b
    unequal = (longer != 0) & (part.scores != 0.5)
    won = ((part.scores == 1) == (longer > 0)) & unequal
    mean = clustered_ratio(won, unequal, part.tasks, part.assessors)
    effect = length_effect(part.scores, longer, part.tasks, part.assessors)
    return Lengths(
        words_a=_by_task(part.words_a, part.tasks),
        words_b=_by_task(part.words_b, part.tasks),
        longer_wins=proportion(mean, null=0.5, confidence=method.confidence, empty=Reason.NONE_DECISIVE),
        slope=effect.slope,
        at_equal_length=effect.at_equal_length,
        bins=_bins(part, longer, method),
    )


def _by_task(words: np.ndarray, tasks: np.ndarray) -> float:
    mean = clustered_mean(words, tasks, np.zeros(len(words)))
    return mean.mean if mean else 0.0


def _bins(data: Columns, longer: np.ndarray, method: Method) -> tuple[LengthBin, ...]:
    distinct = np.unique(longer)
    edges = distinct if len(distinct) <= BINS else np.unique(np.quantile(longer, np.linspace(0, 1, BINS + 1))[:-1])
    place = np.searchsorted(edges, longer, side="right") - 1
    found = []
    for number in np.unique(place):
        chosen = place == number
        part, lengths = data.where(chosen), longer[chosen]
        found.append(
            LengthBin(float(lengths.min()), float(lengths.max()), float(np.median(lengths)), _win_rate(part, method))
        )
    return tuple(found)


def measure_variants(
    data: Columns,
    overall: Group,
    sides: Sides,
    lengths: Lengths | None,
    people: Sequence[AssessorNumbers],
    method: Method,
    traffic: Mapping[str, float],
) -> tuple[Variant, ...]:
    """The headline first, then one line for each choice that might have been made otherwise."""
    flagged = np.array([bool(person.flags) for person in people], dtype=bool)
    suspect = flagged[data.assessors] if len(data) else np.zeros(0, dtype=bool)
    found = [
        Variant("headline", overall.win_rate, True),
        _without("without_flagged", suspect, data, overall, method),
        _without("without_leaks", data.leaked, data, overall, method),
        _without("without_simulated", data.simulated, data, overall, method),
        Variant("decisive_only", overall.decisive_win_rate, True),
        Variant("tasks_only", _win_rate(data, method, over="tasks"), True),
        Variant("clusters_alike", _weighted(data, {}, method), len(data.cluster_names) > 1),
        Variant("side_adjusted", sides.adjusted, sides.adjusted.value is not None),
    ]
    if traffic:
        found.append(Variant("traffic", _weighted(data, traffic, method), True))
    if lengths:
        at_equal = lengths.at_equal_length
        found.append(Variant("equal_length", at_equal, at_equal.value is not None))
    return tuple(found)


def _without(key: str, left_out: np.ndarray, data: Columns, overall: Group, method: Method) -> Variant:
    if not left_out.any():
        return Variant(key, overall.win_rate, False)
    return Variant(key, _win_rate(data.where(~left_out), method), True)


def _weighted(data: Columns, traffic: Mapping[str, float], method: Method) -> Estimate:
    """Clusters count as in `traffic` (those not named: not at all), or all alike."""
    names, task = data.cluster_names, data.tasks
    size = int(task.max()) + 1 if len(data) else 0
    met = np.bincount(np.unique(data.clusters * size + task) // max(1, size), minlength=len(names))
    share = np.array([traffic.get(name, 0.0) if traffic else 1.0 for name in names])
    weight = (share / np.maximum(1, met))[data.clusters] if len(data) else np.zeros(0)
    part, kept = data.where(weight > 0), weight[weight > 0]
    mean = clustered_ratio(part.scores, np.ones(len(part)), part.tasks, part.assessors, weights=kept)
    return proportion(mean, null=0.5, confidence=method.confidence, generalise_over=method.generalise_over)


def _win_rate(data: Columns, method: Method, over: GeneraliseOver | None = None) -> Estimate:
    mean = clustered_mean(data.scores, data.tasks, data.assessors)
    over = over or method.generalise_over
    return proportion(mean, null=0.5, confidence=method.confidence, generalise_over=over)
