"""Would the verdict be the same? Sides, lengths, and the win rate under other choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.columns import VERDICT_SCORES
from apps.reports.domain.counted import OUTCOMES
from apps.reports.domain.depth import LengthBin, Lengths, Sides, Variant
from apps.statistics.clustered import proportion
from apps.statistics.codes import categories
from apps.statistics.preference import sign_test
from apps.statistics.regression import length_effect, side_effect
from apps.statistics.tallied import layout
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from apps.reports.domain.columns import Columns
    from apps.reports.domain.counted import Counted
    from apps.reports.domain.depth import AssessorNumbers
    from apps.reports.domain.numbers import Group, Method
    from apps.statistics.clustered import ClusteredMean, Estimate, GeneraliseOver

BINS = 7


def measure_sides(data: Columns) -> Sides:
    left = int(data.a_on_left.sum())
    found = side_effect(data.scores, data.a_on_left, data.tasks, data.assessors)
    return Sides(sign_test(left, len(data) - left), found.adjusted, found.effect)


def measure_lengths(data: Columns, method: Method) -> Lengths | None:
    """None where no answer's lengths are known."""
    longer = data.words_a - data.words_b
    known = ~np.isnan(longer)
    if not known.any():
        return None
    kept = slice(None) if known.all() else known
    longer, tasks, assessors = longer[kept], data.tasks[kept], data.assessors[kept]
    effect = length_effect(data.scores[kept], longer, tasks, assessors)
    longer_wins, bins = _compared(data.verdicts[kept], longer, tasks, assessors, method)
    return Lengths(
        words_a=_by_task(data.words_a[kept], tasks),
        words_b=_by_task(data.words_b[kept], tasks),
        longer_wins=longer_wins,
        slope=effect.slope,
        at_equal_length=effect.at_equal_length,
        bins=bins,
    )


def _compared(
    verdicts: NDArray[np.int8],
    longer: NDArray[np.float32],
    tasks: NDArray[np.int64],
    assessors: NDArray[np.int64],
    method: Method,
) -> tuple[Estimate, tuple[LengthBin, ...]]:
    """How often the longer answer wins, and the win rate by how much longer A is."""
    lengths, place = categories(longer)
    times = np.bincount(place)
    of_length = _binned(lengths, times)
    parts = layout(tasks, assessors, of_length[place])
    outcomes = OUTCOMES[verdicts]
    won = np.where(longer > 0, outcomes, 2 - outcomes)
    won[longer == 0] = 1
    mean = parts.tally(won, 3).mean([0, 0, 1], [1, 0, 1])
    longer_wins = proportion(mean, null=0.5, confidence=method.confidence, empty=Reason.NONE_DECISIVE)
    rates = [_win_rate(found, method) for found in parts.tally(outcomes, 3).means([0, 0.5, 1])]
    return longer_wins, _bins(lengths, times, of_length, rates)


def _by_task(words: NDArray[np.float32], tasks: NDArray[np.int64]) -> float:
    """The mean over tasks; all judgments of a task are about the same answers."""
    of_task = np.full(int(tasks.max()) + 1, np.nan)
    of_task[tasks] = words
    return float(np.nanmean(of_task))


def _binned(lengths: NDArray[np.float32], times: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bin of each of the rising `lengths`, which so many judgments have: bins of about as many judgments each."""
    if len(lengths) <= BINS:
        return np.arange(len(lengths))
    edges = [_quantile(lengths, times, number / BINS) for number in range(BINS)]
    return np.asarray(np.unique(np.searchsorted(np.unique(edges), lengths, side="right"), return_inverse=True)[1])


def _quantile(values: NDArray[np.float32], times: NDArray[np.int64], share: float) -> float:
    """Of rising values, each there so many times; between two of them as `np.quantile`."""
    upto, at = np.cumsum(times), share * (times.sum() - 1)
    low, high = (float(values[np.searchsorted(upto, end, side="right")]) for end in (np.floor(at), np.ceil(at)))
    return low + (high - low) * float(at % 1)


def _bins(
    lengths: NDArray[np.float32], times: NDArray[np.int64], place: NDArray[np.int64], rates: Sequence[Estimate]
) -> tuple[LengthBin, ...]:
    found = []
    for number, rate in enumerate(rates):
        here = place == number
        middle = _quantile(lengths[here], times[here], 0.5)
        found.append(LengthBin(float(lengths[here][0]), float(lengths[here][-1]), middle, rate))
    return tuple(found)


def measure_variants(
    data: Columns,
    counted: Counted,
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
        _without("without_flagged", suspect, data, counted, overall, method),
        _without("without_leaks", data.leaked, data, counted, overall, method),
        _without("without_simulated", data.simulated, data, counted, overall, method),
        Variant("decisive_only", overall.decisive_win_rate, True),
        Variant("tasks_only", _win_rate(counted.verdicts.mean(VERDICT_SCORES), method, over="tasks"), True),
        Variant("clusters_alike", _weighted(data.cluster_names, counted, {}, method), len(data.cluster_names) > 1),
        Variant("side_adjusted", sides.adjusted, sides.adjusted.value is not None),
    ]
    if traffic:
        found.append(Variant("traffic", _weighted(data.cluster_names, counted, traffic, method), True))
    if lengths:
        at_equal = lengths.at_equal_length
        found.append(Variant("equal_length", at_equal, at_equal.value is not None))
    return tuple(found)


def _without(
    key: str, left_out: NDArray[np.bool_], data: Columns, counted: Counted, overall: Group, method: Method
) -> Variant:
    if not left_out.any():
        return Variant(key, overall.win_rate, False)
    kinds = len(VERDICT_SCORES)
    kept = counted.layout.tally(np.where(left_out, np.int8(kinds), data.verdicts), kinds)
    return Variant(key, _win_rate(kept.mean(VERDICT_SCORES), method), True)


def _weighted(names: Sequence[str], counted: Counted, traffic: Mapping[str, float], method: Method) -> Estimate:
    """Clusters count as in `traffic` (those not named: not at all), or all alike."""
    share = np.array([traffic.get(name, 0.0) if traffic else 1.0 for name in names])
    weight = share / np.maximum(1, counted.verdicts.regrouped(counted.cluster).sizes()) if names else np.ones(1)
    return _win_rate(counted.verdicts.regrouped(scale=weight[counted.cluster]).mean(VERDICT_SCORES), method)


def _win_rate(mean: ClusteredMean | None, method: Method, over: GeneraliseOver | None = None) -> Estimate:
    over = over or method.generalise_over
    return proportion(mean, null=0.5, confidence=method.confidence, generalise_over=over)
