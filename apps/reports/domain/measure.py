"""The estimates of one group of judgments, of one criterion, of the sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.columns import VERDICT_SCORES
from apps.reports.domain.counted import LEFT_WON, PREFERENCES, SIDED_SCORES
from apps.reports.domain.numbers import Asked, CriterionNumbers, Group, Method, Position
from apps.statistics.clustered import Estimate, difference, proportion
from apps.statistics.gates import cell_gate
from apps.statistics.preference import Preference
from apps.statistics.scores import VERDICTS
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.counted import Counted
    from apps.statistics.clustered import ClusteredMean
    from apps.statistics.tallied import Tally

WON, DECISIVE = VERDICT_SCORES == 1, VERDICT_SCORES != 0.5
TIE, BOTH_BAD = (np.array([verdict == name for verdict in VERDICTS]) for name in ("tie", "both_bad"))


def measure_groups(names: Sequence[str], verdicts: Tally, method: Method) -> list[Group]:
    """Rates count each task once; so do the shares, hence shares of A minus shares of B are the net preference."""
    found = zip(
        names,
        verdicts.counts().tolist(),
        verdicts.shares().tolist(),
        verdicts.means(VERDICT_SCORES),
        verdicts.means(WON, DECISIVE),
        verdicts.means(TIE),
        verdicts.means(BOTH_BAD),
        strict=True,
    )
    return [_group(*one, method=method) for one in found]


def _group(
    key: str,
    counts: list[int],
    portions: list[float],
    score: ClusteredMean | None,
    won: ClusteredMean | None,
    tie: ClusteredMean | None,
    both_bad: ClusteredMean | None,
    *,
    method: Method,
) -> Group:
    rate, shares = _rate(score, method, null=0.5), dict(zip(VERDICTS, portions, strict=True))
    preference = Preference(
        shares["a_much"] + shares["a"], shares["tie"] + shares["both_bad"], shares["b"] + shares["b_much"]
    )
    return Group(
        key=key,
        judgments=rate.judgments,
        tasks=rate.tasks,
        assessors=rate.assessors,
        enough=cell_gate(rate.tasks, rate.assessors).passed,
        counts=dict(zip(VERDICTS, counts, strict=True)),
        shares=shares,
        win_rate=rate,
        p_adjusted=None,
        net=_as_net(rate),
        decisive_win_rate=_decisive(won, method, any_at_all=score is not None),
        tie_rate=_rate(tie, method),
        both_bad_rate=_rate(both_bad, method),
        win_ratio=preference.win_ratio,
        win_odds=preference.win_odds,
    )


def measure_criteria(keys: Sequence[str], ratings: Tally, method: Method) -> list[CriterionNumbers]:
    """d ± q·sqrt(V) of the preferences 1, 0, -1 of those who rated it, by group; `keys` name the groups' criteria."""
    found = []
    for key, counts, mean in zip(keys, ratings.counts().tolist(), ratings.means(PREFERENCES), strict=True):
        net = _difference(mean, method, (-1, 1))
        enough = cell_gate(net.tasks, net.assessors).passed
        worse, same, better = counts
        found.append(CriterionNumbers(key, better, same, worse, enough, net, None))
    return found


def measure_criterion(key: str, counted: Counted, method: Method, asked: Asked | None) -> CriterionNumbers:
    """Of all judgments, and each answer by itself."""
    (found,) = measure_criteria([key], counted.ratings[key].regrouped(), method)
    if asked is None:
        return found
    if asked.kind == "comparative":
        return replace(found, name=asked.name)
    told = counted.answers[key]
    bounds = (min(1, told.points.min(initial=1)), asked.points)  # scales from elsewhere may begin at 0
    a, b = (_of_answer(side.mean(told.points), asked, method, bounds) for side in (told.a, told.b))
    apart = None
    if told.apart is not None and told.steps is not None:
        widest = float(bounds[1] - bounds[0])
        apart = _difference(told.apart.mean(told.steps), method, (-widest, widest))
    return replace(found, kind=asked.kind, name=asked.name, a=a, b=b, apart=apart)


def _of_answer(found: ClusteredMean | None, asked: Asked, method: Method, bounds: tuple[float, float]) -> Estimate:
    """The share of judgments with a mark, or the mean of the points, among those that looked."""
    if asked.kind == "marks":
        return _rate(found, method)
    mean = _difference(found, method, bounds)
    return replace(mean, p=None)  # there is nothing that a mean of points is tested against


def measure_position(sided: Tally, method: Method) -> Position:
    counts = sided.counts().sum(axis=0)
    judgments, on_left = int(counts.sum()), int(counts[1::2].sum())
    share = _decisive(sided.mean(LEFT_WON, SIDED_SCORES != 0.5), method, any_at_all=judgments > 0)
    if judgments and on_left in (0, judgments):  # imported without sides: wins of A themselves
        share = Estimate(None, judgments=share.judgments, undefined=Reason.ONE_SIDE)
    return Position(on_left, judgments, share)


def _rate(mean: ClusteredMean | None, method: Method, null: float | None = None) -> Estimate:
    return proportion(mean, null=null, confidence=method.confidence, generalise_over=method.generalise_over)


def _difference(mean: ClusteredMean | None, method: Method, bounds: tuple[float, float]) -> Estimate:
    return difference(mean, bounds=bounds, confidence=method.confidence, generalise_over=method.generalise_over)


def _decisive(mean: ClusteredMean | None, method: Method, *, any_at_all: bool) -> Estimate:
    """Against one half, among the decisive."""
    empty = Reason.NONE_DECISIVE if any_at_all else Reason.NO_JUDGMENTS
    return proportion(mean, null=0.5, confidence=method.confidence, generalise_over=method.generalise_over, empty=empty)


def _as_net(rate: Estimate) -> Estimate:
    """2·rate - 1: the same test on the scale from -1 (B always) to 1 (A always)."""

    def stretched(value: float | None) -> float | None:
        return None if value is None else 2 * value - 1

    error = None if rate.standard_error is None else 2 * rate.standard_error
    return replace(
        rate,
        value=stretched(rate.value),
        low=stretched(rate.low),
        high=stretched(rate.high),
        standard_error=error,
    )
