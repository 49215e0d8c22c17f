"""The estimates of one group of judgments, of one criterion, of the sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.numbers import Asked, CriterionNumbers, Group, Method, Position
from apps.statistics.clustered import Estimate, clustered_mean, clustered_ratio, proportion, signed_mean
from apps.statistics.gates import cell_gate
from apps.statistics.preference import Preference
from apps.statistics.scores import VERDICTS
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from apps.reports.domain.columns import Columns


def measure_group(key: str, data: Columns, method: Method) -> Group:
    """Rates count each task once; so do the shares, hence shares of A minus shares of B are the net preference."""
    tasks, assessors = (int(np.count_nonzero(np.bincount(codes))) for codes in (data.tasks, data.assessors))
    shares = _shares(data)
    rate = _rate(data.scores, data, method, null=0.5)
    preference = Preference(
        shares["a_much"] + shares["a"], shares["tie"] + shares["both_bad"], shares["b"] + shares["b_much"]
    )
    return Group(
        key=key,
        judgments=len(data),
        tasks=tasks,
        assessors=assessors,
        enough=cell_gate(tasks, assessors).passed,
        counts=dict(zip(VERDICTS, np.bincount(data.verdicts, minlength=len(VERDICTS)).tolist(), strict=True)),
        shares=shares,
        win_rate=rate,
        p_adjusted=None,
        net=_as_net(rate),
        decisive_win_rate=_ratio(data.scores == 1, data.scores != 0.5, data, method),
        tie_rate=_rate(data.said("tie"), data, method),
        both_bad_rate=_rate(data.said("both_bad"), data, method),
        win_ratio=preference.win_ratio,
        win_odds=preference.win_odds,
    )


def measure_criterion(key: str, data: Columns, method: Method, asked: Asked | None = None) -> CriterionNumbers:
    """d ± q·sqrt(V) of the preferences 1, 0, -1 of those who rated it, and each answer by itself."""
    rated = data.where(~np.isnan(data.ratings[key]))
    ratings = rated.ratings[key]
    net = signed_mean(
        ratings,
        rated.tasks,
        rated.assessors,
        bounds=(-1, 1),
        confidence=method.confidence,
        generalise_over=method.generalise_over,
    )
    better, same, worse = (int((ratings == sign).sum()) for sign in (1, 0, -1))
    found = CriterionNumbers(key, better, same, worse, cell_gate(net.tasks, net.assessors).passed, net, None)
    if asked is None:
        return found
    if asked.kind == "comparative":
        return replace(found, name=asked.name)
    a, b = (_of_answer(values, data, asked, method) for values in data.values[key])
    return replace(found, kind=asked.kind, name=asked.name, a=a, b=b)


def _of_answer(values: NDArray[np.float32], data: Columns, asked: Asked, method: Method) -> Estimate:
    """The share of judgments with a mark, or the mean of the points, among those that looked."""
    looked = ~np.isnan(values)
    seen, told = data.where(looked), values[looked]
    if asked.kind == "marks":
        return _rate(told > 0, seen, method)
    mean = signed_mean(
        told,
        seen.tasks,
        seen.assessors,
        bounds=(1, asked.points),
        confidence=method.confidence,
        generalise_over=method.generalise_over,
    )
    return replace(mean, p=None)  # there is nothing that a mean of points is tested against


def measure_position(data: Columns, method: Method) -> Position:
    left_won = (data.scores == 1) & data.a_on_left | (data.scores == 0) & ~data.a_on_left
    share = _ratio(left_won, data.scores != 0.5, data, method)
    if len(data) and (data.a_on_left.all() or not data.a_on_left.any()):  # imported without sides: wins of A themselves
        share = Estimate(None, judgments=share.judgments, undefined=Reason.ONE_SIDE)
    return Position(int(data.a_on_left.sum()), len(data), share)


def _shares(data: Columns) -> dict[str, float]:
    """Of each verdict, every task counting once."""
    weights = 1 / np.bincount(data.tasks)[data.tasks] if len(data) else None
    found = np.bincount(data.verdicts, weights, minlength=len(VERDICTS))
    return dict(zip(VERDICTS, (found / max(found.sum(), 1)).tolist(), strict=True))


def _rate(
    values: NDArray[np.float64] | NDArray[np.bool_], data: Columns, method: Method, null: float | None = None
) -> Estimate:
    mean = clustered_mean(values, data.tasks, data.assessors)
    return proportion(mean, null=null, confidence=method.confidence, generalise_over=method.generalise_over)


def _ratio(won: NDArray[np.bool_], decisive: NDArray[np.bool_], data: Columns, method: Method) -> Estimate:
    """Against one half, among the decisive."""
    mean = clustered_ratio(won, decisive, data.tasks, data.assessors)
    empty = Reason.NONE_DECISIVE if len(data) else Reason.NO_JUDGMENTS
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
