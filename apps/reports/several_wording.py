"""More than two pipelines, in words and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from apps.reports.charts.forest import Forest, Point, plot
from apps.reports.charts.heat import Heat, Square, shade
from apps.reports.figures import short
from apps.reports.formats import DASH, decimal, p_value, percent, strength_interval, whole, with_interval
from apps.reports.wording import by_programs
from apps.statistics.gates import MIN_ASSESSORS, MIN_TASKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.ranking import Ranking
    from apps.reports.domain.several import Meeting, Several, Standing

SELF = Square("", None, enough=True, found=False)
NOTHING = Square(DASH, None, enough=True, found=False)


def several_parts(ranking: Ranking) -> dict[str, object]:
    found, names = ranking.found, ranking.names
    return {
        "numbers": ranking,
        "found": found,
        "sentence": sentence(ranking),
        "simulated": by_programs(ranking.simulated_judgments, found.judgments),
        "interim": interim(ranking),
        "regularised": regularised(),
        "apart": apart(),
        "method_sentences": method_sentences(ranking),
        "groups": [[names[place] for place in group] for group in found.groups] if len(found.groups) > 1 else [],
        "ranking": [(names[item.pipeline], item) for item in found.standings],
        "strengths": strengths(found, names),
        "matrix": matrix(found, names),
        "meetings": [(names[item.row], names[item.column], item) for item in found.meetings],
        "taken": [(item, names[item.a], names[item.b]) for item in ranking.evaluations],
    }


def ranking_headline(ranking: Ranking) -> str:
    """For lists."""
    count = len(ranking.pipelines)
    told = ngettext("Ranking of %(count)s pipeline", "Ranking of %(count)s pipelines", count)
    return told % {"count": whole(count)}


def sentence(ranking: Ranking) -> str:
    """What the ranking says, or why there is none."""
    found, names = ranking.found, ranking.names
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
    if ranking.is_interim:
        return gettext("Interim: no pipeline is called the best while an evaluation is open.")
    top = [names[item.pipeline] for item in found.standings if item.best == 1]
    if len(top) == 1:
        return gettext("“%(name)s” is better than every other.") % {"name": top[0]}
    told = ngettext(
        "%(count)s pipeline may be the best, since nothing is certainly better: %(names)s.",
        "%(count)s pipelines may be the best, since nothing is certainly better: %(names)s.",
        len(top),
    )
    return told % {"count": whole(len(top)), "names": ", ".join(f"“{name}”" for name in top)}


def interim(ranking: Ranking) -> str:
    """Which evaluations were still open; else empty."""
    told = gettext("Still open: %(names)s. Who looks again and again will see a difference by chance.")
    return told % {"names": ", ".join(ranking.open)} if ranking.open else ""


def regularised() -> str:
    return gettext(
        "Somebody only won or only lost, which no finite strength explains: half a win was given to both sides of "
        "every pair that met."
    )


def apart() -> str:
    return gettext(
        "Marked “apart”: what is predicted lies outside the interval of what was observed, so one order of strengths "
        "does not tell the whole story of this pair. With many pairs one in twenty is apart by chance."
    )


def pair(row: str, column: str, found: Meeting | None = None) -> str:
    """Marked, where there are few data."""
    told = gettext("%(row)s against %(column)s") % {"row": row, "column": column}
    return told if not found or found.enough else f"{told} ({gettext('few data')})"


def method_sentences(ranking: Ranking) -> list[str]:
    told = [
        gettext(
            "Strengths are those of Bradley and Terry (1952), a tie being half a win for each, in points of which 400 "
            "make odds of ten to one; their mean is 1000. Davidson’s (1970) give ties a probability of their own and "
            "allow for the advantage of the left. Errors are clustered by tasks and by assessors as in reports. Places "
            "come from all pairs at once (single-step max-T)."
        )
    ]
    if left := ranking.found.left:
        words = {"left": decimal(left.value, 0), "interval": strength_interval(left), "p": p_value(left.p)}
        worth = gettext("Standing on the left is worth %(left)s points (95%% interval %(interval)s, p %(p)s).")
        told.append(worth % words)
    return told


def rank(item: Standing) -> str:
    if item.best == item.worst:
        return whole(item.best)
    return gettext("%(low)s to %(high)s") % {"low": whole(item.best), "high": whole(item.worst)}


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
