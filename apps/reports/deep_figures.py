"""Pictures of what lies behind the verdict, with their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.assessment.labels import criterion_label
from apps.reports.charts.forest import Forest, Point, plot
from apps.reports.charts.funnel import Funnel, plot_funnel
from apps.reports.charts.heat import Heat, Square, shade
from apps.reports.formats import decimal, percent, percent_interval, points, points_interval, with_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

    from apps.reports.domain.depth import Cell, Depth
    from apps.reports.domain.numbers import Numbers
    from apps.statistics.clustered import Estimate

VARIANTS: Mapping[str, Promise] = {
    "headline": _("As reported"),
    "without_flagged": _("Without flagged assessors"),
    "without_leaks": _("Without answers that leaked"),
    "without_simulated": _("Without programs’ judgments"),
    "decisive_only": _("Without ties"),
    "tasks_only": _("For these assessors only"),
    "clusters_alike": _("All clusters count alike"),
    "side_adjusted": _("Sides balanced"),
    "traffic": _("Clusters count as in use"),
    "equal_length": _("At equal length"),
}
FALSE_FINDINGS = 0.1  # the level of Benjamini and Hochberg for exploratory cells


@dataclass(frozen=True)
class DeepFigures:
    heat: Heat | None
    drivers: Forest | None
    lengths: Forest | None
    variants: Forest
    funnel: Funnel | None


def draw_depth(numbers: Numbers) -> DeepFigures | None:
    depth = numbers.depth
    if depth is None:
        return None
    names = criterion_names(numbers)
    drivers = [_effect(names[item.criterion], item.effect) for item in depth.drivers]
    return DeepFigures(
        heat=_heat(depth, names),
        drivers=plot(drivers, reference=0, bounds=(-2, 2)) if drivers else None,
        lengths=_lengths(depth),
        variants=_rates([(str(VARIANTS[item.key]), item.win_rate) for item in depth.variants if item.applies]),
        funnel=_funnel(depth),
    )


def criterion_names(numbers: Numbers) -> dict[str, str]:
    return {item.key: item.name or str(criterion_label(item.key)) for item in numbers.criteria}


def heat_rows(numbers: Numbers) -> list[tuple[str, str, list[Cell]]]:
    """(key, name, cells) of each criterion, clusters in one order."""
    depth = numbers.depth
    cells = depth.cells if depth else ()
    return [
        (key, name, [cell for cell in cells if cell.criterion == key]) for key, name in criterion_names(numbers).items()
    ]


def _heat(depth: Depth, names: Mapping[str, str]) -> Heat | None:
    clusters = list(dict.fromkeys(cell.cluster for cell in depth.cells))
    if not clusters:
        return None
    rows = []
    for key, name in names.items():
        squares = [_square(cell) for cell in depth.cells if cell.criterion == key]
        rows.append((name, squares))
    return shade(clusters, rows)


def _square(cell: Cell) -> Square:
    found = cell.p_adjusted is not None and cell.p_adjusted < FALSE_FINDINGS
    text = points(cell.net.value, 0) + (" ●" if found else "")
    return Square(text, cell.net.value, cell.enough, found)


def _lengths(depth: Depth) -> Forest | None:
    if depth.lengths is None:
        return None
    rows = []
    for item in depth.lengths.bins:
        words = {"low": decimal(item.low, 0), "high": decimal(item.high, 0)}
        rows.append((gettext("A is longer by %(low)s to %(high)s words") % words, item.win_rate))
    return _rates(rows)


def _rates(rows: list[tuple[str, Estimate]]) -> Forest:
    made = [
        Point(label, with_interval(percent(rate.value), percent_interval(rate)), rate.value, rate.low, rate.high)
        for label, rate in rows
    ]
    return plot(made, reference=0.5, bounds=(0, 1))


def _effect(label: str, effect: Estimate) -> Point:
    text = with_interval(points(effect.value), points_interval(effect))
    return Point(label, text, effect.value, effect.low, effect.high)


def _funnel(depth: Depth) -> Funnel | None:
    return plot_funnel(
        [
            (gettext("Assessor %(number)s") % {"number": place}, person.agreed, person.agreed_of, bool(person.flags))
            for place, person in enumerate(depth.assessors, start=1)
            if person.agreed is not None
        ]
    )
