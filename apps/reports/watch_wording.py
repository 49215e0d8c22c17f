"""Plans and their watching, in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from apps.reports.charts.forest import Forest, Point, plot
from apps.reports.formats import decimal, percent, percent_interval, whole
from apps.reports.planning import DIFFERENCES, PANELS, needed_table, plan_in_force, reach_of, watch_judgments
from apps.reports.reading import read_columns
from apps.statistics.clustered import Estimate
from apps.statistics.power import Design

if TYPE_CHECKING:
    from apps.assessment.models import Evaluation
    from apps.reports.domain.numbers import Numbers
    from apps.reports.domain.watching import Look, Watch
    from apps.reports.planning import Reach


@dataclass(frozen=True)
class WatchWords:
    """`most`: judgments that the evaluation's comparisons can give; None where that was not kept."""

    watch: Watch
    most: int | None = None

    @property
    def beyond(self) -> str:
        """What stands in the plan's way however long one judges; else empty."""
        if self.most is None or self.watch.planned <= self.most or self.watch.outcome != "open":
            return ""
        told = gettext("This bucket gives %(most)s judgments at most, so the plan can’t be carried to its end.")
        return told % {"most": whole(self.most)}

    @property
    def sentence(self) -> str:
        found = self.watch
        words = {"at": whole(found.at), "planned": whole(found.planned), "margin": decimal(100 * found.difference, 1)}
        if found.outcome in ("a", "b"):
            known = (
                gettext("It is known: A is better.") if found.outcome == "a" else gettext("It is known: B is better.")
            )
        elif found.outcome == "equivalent":
            known = gettext("It is known: the two are equal within %(margin)s points of win rate.") % words
        elif found.outcome == "futile":
            known = (
                gettext(
                    "More judgments are unlikely to show a difference: if one of %(margin)s points were there, the "
                    "chance to find it is below 10%%."
                )
                % words
            )
        elif found.is_complete:
            return (
                gettext(
                    "All %(planned)s planned judgments are there, and nothing is established: neither a difference nor "
                    "that there is none of %(margin)s points."
                )
                % words
            )
        else:
            return gettext("It is not known yet; the plan has %(planned)s judgments.") % words
        return f"{known} " + gettext("Established after %(at)s of %(planned)s planned judgments.") % words

    @property
    def forest(self) -> Forest | None:
        looks = [look for look in self.watch.looks if look.low is not None]
        return plot([_point(look) for look in looks], reference=0.5, bounds=(0, 1)) if looks else None


def _point(look: Look) -> Point:
    label = ngettext("%(count)s judgment", "%(count)s judgments", look.judgments) % {"count": whole(look.judgments)}
    interval = percent_interval(Estimate(look.value, look.low, look.high))
    return Point(label, f"{percent(look.value)}, {interval}", look.value, look.low, look.high)


def most_judgments(numbers: Numbers) -> int | None:
    """What the comparisons of a report's evaluation can give, each judged as often as was asked."""
    facts = numbers.facts
    if not facts.pairs:
        return None
    return facts.overlap * (facts.pairs.released + facts.pairs.held + facts.pairs.to_come)


def reach_words(found: Reach) -> str:
    """What the bucket's tasks can show, first of all where a plan asks for more of them than there are."""
    words = {"tasks": whole(found.tasks), "needed": whole(found.needed)}
    if found.difference is None:
        shown = gettext("This bucket’s tasks that can be judged, %(tasks)s, show no difference at all.") % words
    else:
        shown = gettext(
            "The smallest difference that this bucket’s tasks that can be judged, %(tasks)s, show is %(difference)s "
            "points of win rate."
        ) % {**words, "difference": decimal(100 * found.difference, 1)}
    if not found.is_short:
        return shown
    short = gettext("The plan needs %(needed)s tasks, more than this bucket has.") % words
    remedy = gettext("Plan for a larger difference, or compare the pipelines on a bucket with more tasks.")
    return f"{short} {shown} {remedy}"


def plan_parts(evaluation: Evaluation) -> dict[str, object]:
    plan = plan_in_force(evaluation)
    design = plan.plan.design if plan else Design(overlap=evaluation.overlap)
    found = watch_judgments(read_columns(evaluation, ()), plan) if plan else None
    reach = reach_of(evaluation, design, plan.planned if plan else 0)
    return {
        "reach": reach,
        "reach_words": reach_words(reach),
        "plan": plan,
        "design": design,
        "watch": found,
        "watch_words": WatchWords(found, reach.tasks * evaluation.overlap) if found else None,
        "differences": DIFFERENCES,
        "needed": list(zip(PANELS, needed_table(design), strict=True)),
    }
