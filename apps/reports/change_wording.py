"""What differs between two reports, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.assessment.labels import CRITERIA, criterion_label
from apps.reports.formats import DASH, percent, percent_interval, points, points_interval
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
}
MEASURES: Mapping[str, Promise] = {
    "win_rate": _("Win rate of A, ties half"),
    "net": _("Net preference, points"),
    "decisive_win_rate": _("Win rate without ties"),
    "tie_rate": _("Ties"),
    "both_bad_rate": _("Both bad"),
    "left_share": _("Left wins"),
}


def change_place(change: Change) -> str:
    """Where the measure stands: "Cluster: menus"."""
    kind = SECTIONS.get(change.section, change.section)
    if not change.group:
        return str(kind)
    known = change.section == "criterion" and change.group in CRITERIA
    name = criterion_label(change.group) if known else change.group
    return gettext("%(kind)s: %(name)s") % {"kind": kind, "name": name}


def change_measure(change: Change) -> Promise | str:
    return MEASURES.get(change.measure, change.measure)


def line_value(line: Line | None) -> str:
    """The value with its interval; net preferences in points."""
    if line is None or not isinstance(line.value, (int, float)):
        return DASH
    estimate = Estimate(float(line.value), line.low, line.high)
    shown, interval = (
        (points(line.value), points_interval(estimate))
        if line.measure == "net"
        else (percent(line.value), percent_interval(estimate))
    )
    return shown if interval == DASH else f"{shown} ({interval})"
