"""What differs between two reports, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.assessment.labels import CRITERIA, criterion_label
from apps.reports.domain.changes import STRENGTHS
from apps.reports.formats import DASH, decimal, percent, percent_interval, points, points_interval, strength_interval
from apps.statistics.clustered import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

    from apps.reports.domain.changes import Change
    from apps.reports.domain.longform import Line

SECTIONS: Mapping[str, Promise] = {
    "overall": _("All tasks"),
    "cluster": pgettext_lazy("a kind of task", "Cluster"),
    "language": _("Language"),
    "criterion": _("Criterion"),
    "position": _("Sides"),
    "automatic": _("Automatic judge"),
    "powered": _("With an automatic judge"),
    "standing": _("Pipeline"),
    "meeting": pgettext_lazy("of pipelines", "Pair"),
    "about": _("Sides"),
}
MEASURES: Mapping[str, Promise] = {
    "win_rate": _("Win rate of A, ties half"),
    "net": _("Net preference, points"),
    "decisive_win_rate": _("Win rate without ties"),
    "tie_rate": _("Ties"),
    "both_bad_rate": _("Both bad"),
    "left_share": _("Left wins"),
    "strength": _("Strength"),
    "strength_davidson": _("Strength, ties apart (Davidson)"),
    "expected_win_rate": _("Expected win rate against the others"),
    "left_advantage": _("What standing on the left adds"),
}


def change_place(change: Change) -> str:
    """Where the measure stands: "Cluster: menus"."""
    kind = SECTIONS.get(change.section, change.section)
    if not change.group or change.section == "about":
        return str(kind)
    known = change.section == "criterion" and change.group in CRITERIA
    name = criterion_label(change.group) if known else change.group
    return gettext("%(kind)s: %(name)s") % {"kind": kind, "name": name}


def change_measure(change: Change) -> Promise | str:
    if change.section == "meeting":
        return _("Win rate of the first")
    return MEASURES.get(change.measure, change.measure)


def change_moved(change: Change) -> str:
    """In percentage points; strengths in their own."""
    if change.measure in STRENGTHS:
        return points(None if change.moved is None else change.moved / 100, 0)
    return points(change.moved)


def line_value(line: Line | None) -> str:
    """The value with its interval; net preferences in points."""
    if line is None or not isinstance(line.value, (int, float)):
        return DASH
    estimate = Estimate(float(line.value), line.low, line.high)
    if line.measure in STRENGTHS:
        shown, interval = decimal(line.value, 0), strength_interval(estimate)
    elif line.measure == "net":
        shown, interval = points(line.value), points_interval(estimate)
    else:
        shown, interval = percent(line.value), percent_interval(estimate)
    return shown if interval == DASH else f"{shown} ({interval})"
