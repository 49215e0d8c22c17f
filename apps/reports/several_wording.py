"""More than two pipelines, in words and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from apps.reports.charts.forest import Forest, Point, plot
from apps.reports.charts.heat import Heat, Square, shade
from apps.reports.figures import short
from apps.reports.formats import DASH, decimal, percent, whole, with_interval
from apps.statistics.gates import MIN_ASSESSORS, MIN_TASKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.several import Several, Standing
    from apps.reports.several import Together
    from apps.statistics.clustered import Estimate

SELF = Square("", None, enough=True, found=False)
NOTHING = Square(DASH, None, enough=True, found=False)


def several_parts(together: Together) -> dict[str, object]:
    found, names = together.found, together.names
    return {
        "sentence": sentence(together),
        "groups": [[names[place] for place in group] for group in found.groups] if len(found.groups) > 1 else [],
        "ranking": [(names[item.pipeline], item) for item in found.standings],
        "strengths": strengths(found, names),
        "matrix": matrix(found, names),
        "meetings": [(names[item.row], names[item.column], item) for item in found.meetings],
    }


def sentence(together: Together) -> str:
    """What the ranking says, or why there is none."""
    found, names = together.found, together.names
    if not found.judgments:
        return gettext("Nobody has judged a comparison of these pipelines yet.")
    if len(found.groups) > 1:
        return gettext(
            "These pipelines can’t be put in one order: some of them never met, not even through others. An evaluation "
            "between one pipeline of each group connects them."
        )
    if not found.enough:
        return gettext(
            "There is not enough data to rank: it needs at least %(min_tasks)s judged tasks and %(min_assessors)s "
            "assessors, here are %(tasks)s and %(assessors)s."
        ) % {
            "min_tasks": MIN_TASKS,
            "min_assessors": MIN_ASSESSORS,
            "tasks": whole(found.tasks),
            "assessors": whole(found.assessors),
        }
    top = [names[item.pipeline] for item in found.standings if item.best == 1]
    if len(top) == 1:
        return gettext("“%(name)s” is better than every other.") % {"name": top[0]}
    told = ngettext(
        "%(count)s pipeline may be the best, since nothing is certainly better: %(names)s.",
        "%(count)s pipelines may be the best, since nothing is certainly better: %(names)s.",
        len(top),
    )
    return told % {"count": whole(len(top)), "names": ", ".join(f"“{name}”" for name in top)}


def rank(item: Standing) -> str:
    if item.best == item.worst:
        return whole(item.best)
    return gettext("%(low)s to %(high)s") % {"low": whole(item.best), "high": whole(item.worst)}


def strength_interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return DASH
    return gettext("%(low)s to %(high)s") % {"low": decimal(found.low, 0), "high": decimal(found.high, 0)}


def thousandths(value: float) -> str:
    return decimal(1000 * value, 0)


def strengths(found: Several, names: Sequence[str]) -> Forest | None:
    """In thousands of points: the chart's steps are those of shares."""
    rows = []
    for item in found.standings:
        rate = item.strength
        text = with_interval(decimal(rate.value, 0), strength_interval(rate))
        value, low, high = (None if end is None else end / 1000 for end in (rate.value, rate.low, rate.high))
        rows.append(Point(short(names[item.pipeline]), text, value, low, high, enough=found.enough))
    return plot(rows, reference=1, bounds=(-2, 4)) if rows else None


def matrix(found: Several, names: Sequence[str]) -> Heat | None:
    """Observed win rates of rows against columns, the best first; numbers stand for names above the columns."""
    order = [item.pipeline for item in found.standings] or list(range(found.pipelines))
    if not found.meetings:
        return None
    seen: dict[tuple[int, int], Square] = {}
    for item in found.meetings:
        rate = item.observed.value
        for pair, share in (
            ((item.row, item.column), rate),
            ((item.column, item.row), None if rate is None else 1 - rate),
        ):
            seen[pair] = Square(percent(share, 0), None if share is None else 2 * share - 1, item.enough, item.apart)
    rows = [
        (
            f"{place}. {short(names[row])}",
            [SELF if row == column else seen.get((row, column), NOTHING) for column in order],
        )
        for place, row in enumerate(order, start=1)
    ]
    return shade([str(place) for place in range(1, len(order) + 1)], rows)
