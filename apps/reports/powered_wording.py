"""What an automatic judge adds to people's headline, in words and in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.reports.charts.forest import Forest, Point, plot
from apps.reports.formats import decimal, percent, percent_interval, whole
from apps.reports.wording import REASONS
from apps.statistics.gates import MIN_ASSESSORS, MIN_TASKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

    from apps.reports.domain.numbers import Numbers
    from apps.reports.domain.powered import PoweredNumbers

REFUSED: Mapping[str, Promise] = {
    "unfinished": _("Not used: the judge has not been asked about every comparison yet."),
    "everywhere": _("Not used: people judged every comparison, so there is nothing for the judge to add."),
    "few": _("Not used: the agreement test needs at least %(tasks)s tasks and %(assessors)s assessors."),
    "no_interval": _("Not used: people’s own win rate has no interval. %(why)s"),
    "agreement": _(
        "Not used: it does not pass the agreement test. Over the tasks that both judged it goes with people only at a "
        "correlation of %(correlation)s, which chance alone might give."
    ),
}


def powered_sentence(found: PoweredNumbers) -> str:
    """What the judge brought, or why it was not used."""
    if found.refused:
        why = found.people.undefined
        return str(REFUSED[found.refused]) % {
            "tasks": MIN_TASKS,
            "assessors": MIN_ASSESSORS,
            "why": REASONS[why] if why else "",
            "correlation": decimal(found.correlation),
        }
    told = ngettext(
        "It passes the agreement test (correlation with people %(correlation)s over %(count)s task) and stands for "
        "%(saved)s of the judgments that this precision would have cost.",
        "It passes the agreement test (correlation with people %(correlation)s over %(count)s tasks) and stands for "
        "%(saved)s of the judgments that this precision would have cost.",
        found.shared,
    )
    return told % {
        "correlation": decimal(found.correlation),
        "count": whole(found.shared),
        "saved": percent(found.saved, 0),
    }


def powered_forest(numbers: Numbers) -> Forest | None:
    """People's headline as a diamond above what judges make of it; None where no judge may be used."""
    used = [found for found in numbers.powered if not found.refused]
    if not used:
        return None
    rate = numbers.overall.win_rate
    told = f"{percent(rate.value)}, {percent_interval(rate)}"
    rows = [Point(gettext("People alone, the headline"), told, rate.value, rate.low, rate.high, overall=True)]
    for found in used:
        rate = found.win_rate
        label = gettext("With %(judge)s, automatic") % {"judge": found.judge}
        rows.append(Point(label, f"{percent(rate.value)}, {percent_interval(rate)}", rate.value, rate.low, rate.high))
    return plot(rows, reference=0.5, bounds=(0, 1))
