"""A benchmark beside people, in words and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from apps.reports.charts.forest import Forest, Point, plot
from apps.reports.formats import decimal, percent, whole
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.beside_benchmark import BesidePeople, PairBeside

MOST_DRAWN = 20  # pairs; the table has all


def beside_parts(beside: BesidePeople) -> dict[str, object]:
    drawn = beside.pairs[:MOST_DRAWN]
    return {
        "sentence": sentence(beside),
        "forest": _forest(drawn) if drawn else None,
        "left_out": len(beside.pairs[MOST_DRAWN:]),
    }


def sentence(beside: BesidePeople) -> str:
    """The correlation with its interval and what it rests on, or why there is none."""
    found = beside.correlation
    if not found.pairs:
        return gettext("No pair of these pipelines has judgments of people yet, so there is nothing to correlate.")
    if found.undefined is Reason.TOO_FEW_PAIRS:
        told = ngettext(
            "There is %(count)s pair, and a correlation takes at least three.",
            "There are %(count)s pairs, and a correlation takes at least three.",
            found.pairs,
        )
        return told % {"count": whole(found.pairs)}
    if found.value is None:
        return gettext("The correlation is not defined: in every pair the benchmark, or people, see a draw.")
    facts = {"r": decimal(found.value), "pairs": whole(found.pairs), "revisions": whole(beside.revisions)}
    if found.low is None or found.high is None:
        words = gettext(
            "Correlation of the win rates over %(pairs)s pairs of %(revisions)s revisions: %(r)s, all on a line."
        )
        return words % facts
    facts |= {"low": decimal(found.low), "high": decimal(found.high)}
    words = gettext(
        "Correlation of the win rates over %(pairs)s pairs of %(revisions)s revisions: %(r)s (95%% interval %(low)s to "
        "%(high)s)."
    )
    chance = gettext("The interval holds 0, so this may be chance.") if found.low <= 0 <= found.high else ""
    return " ".join(part for part in (words % facts, chance) if part)


def _forest(pairs: Sequence[PairBeside]) -> Forest:
    points = [point for pair in pairs for point in _points(pair)]
    return plot(points, reference=0.5, bounds=(0.0, 1.0))


def _points(pair: PairBeside) -> list[Point]:
    facts = {"after": str(pair.after.run.revision), "before": str(pair.before.run.revision)}
    marked, judged = pair.benchmark, pair.people
    return [
        Point(
            gettext("%(after)s over %(before)s: benchmark") % facts,
            percent(marked.value),
            marked.value,
            marked.low,
            marked.high,
        ),
        Point(
            gettext("%(after)s over %(before)s: people") % facts,
            percent(judged.value),
            judged.value,
            judged.low,
            judged.high,
            enough=pair.enough,
        ),
    ]
