"""All that a report says beyond the verdict, from the same columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.reports.domain.depth import Depth
from apps.reports.domain.people import measure_agreement, measure_assessors
from apps.reports.domain.robust import measure_lengths, measure_sides, measure_variants
from apps.reports.domain.where import clusters_drawn, measure_cells, measure_discordance, measure_drivers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.beside import Beside
    from apps.reports.domain.columns import Columns
    from apps.reports.domain.numbers import Facts, Group, Method


def deepen(
    data: Columns,
    facts: Facts,
    method: Method,
    beside: Beside,
    overall: Group,
    clusters: Sequence[Group],
) -> Depth:
    sides, lengths = measure_sides(data), measure_lengths(data, method)
    people = measure_assessors(data, beside)
    return Depth(
        cells=measure_cells(data, facts, method),
        clusters_drawn=clusters_drawn(clusters),
        discordance=measure_discordance(data, facts, method),
        drivers=measure_drivers(data, facts, method),
        agreement=measure_agreement(data, facts),
        assessors=people,
        sides=sides,
        lengths=lengths,
        variants=measure_variants(data, overall, sides, lengths, people, method, beside.traffic),
    )
