"""The pictures of a report: its numbers given to `charts`, with words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext

from apps.assessment.labels import criterion_label
from apps.reports.charts.bars import StackedBars, stack
from apps.reports.charts.forest import Forest, Point, plot
from apps.reports.formats import percent, percent_interval, points, points_interval, with_interval
from apps.statistics.scores import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.numbers import CriterionNumbers, Group, Numbers

LABEL_LETTERS = 32


@dataclass(frozen=True)
class Figures:
    bars: StackedBars
    rates: Forest
    criteria: Forest


def draw(numbers: Numbers) -> Figures:
    rows = every_group(numbers)
    return Figures(
        bars=stack([(short(label), _bar_note(group), _in_order(group)) for label, group in rows]),
        rates=plot([_rate_point(short(label), group) for label, group in rows], reference=0.5, bounds=(0, 1)),
        criteria=plot([_criterion_point(item) for item in numbers.criteria], reference=0, bounds=(-1, 1)),
    )


def every_group(numbers: Numbers) -> list[tuple[str, Group]]:
    """All tasks, clusters, languages with their labels; a single cluster or language says nothing new, so it is out."""
    clusters = _labelled(pgettext("a kind of task", "Cluster"), numbers.clusters)
    languages = _labelled(gettext("Language"), numbers.languages)
    several = [row for rows in (clusters, languages) if len(rows) > 1 for row in rows]
    return [(gettext("All tasks"), numbers.overall), *several]


def _labelled(kind: str, groups: Sequence[Group]) -> list[tuple[str, Group]]:
    return [(gettext("%(kind)s: %(name)s") % {"kind": kind, "name": group.key or "–"}, group) for group in groups]


def _in_order(group: Group) -> dict[str, float]:
    """From A much better to B much better; a mapping that was stored has lost its order."""
    return {verdict: group.shares[verdict] for verdict in VERDICTS}


def short(label: str) -> str:
    """As much as fits beside a chart on a phone; the table has it whole."""
    return label if len(label) <= LABEL_LETTERS else label[: LABEL_LETTERS - 1] + "…"


def _bar_note(group: Group) -> str:
    return gettext("win rate %(rate)s") % {"rate": percent(group.win_rate.value)}


def _rate_point(label: str, group: Group) -> Point:
    rate = group.win_rate
    return Point(
        label,
        _estimate_text(percent(rate.value), percent_interval(rate), enough=group.enough or not group.key),
        rate.value,
        rate.low,
        rate.high,
        enough=group.enough or not group.key,
        overall=not group.key,
    )


def _criterion_point(criterion: CriterionNumbers) -> Point:
    net = criterion.net
    text = _estimate_text(points(net.value), points_interval(net), enough=criterion.enough)
    label = short(criterion.name or str(criterion_label(criterion.key)))
    return Point(label, text, net.value, net.low, net.high, enough=criterion.enough)


def _estimate_text(value: str, interval: str, *, enough: bool) -> str:
    text = with_interval(value, interval)
    return text if enough else f"{text}, {gettext('few data')}"
