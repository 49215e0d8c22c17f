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
    from apps.reports.domain.counted import Counted
    from apps.reports.domain.numbers import Facts, Group, Method


def deepen(
    data: Columns,
    counted: Counted,
    facts: Facts,
    method: Method,
    beside: Beside,
    overall: Group,
    clusters: Sequence[Group],
) -> Depth:
    sides, lengths = measure_sides(data), measure_lengths(data, method)
    people = measure_assessors(data, counted, beside)
    return Depth(
        cells=measure_cells(data.cluster_names, counted, facts, method),
        clusters_drawn=clusters_drawn(clusters),
        discordance=measure_discordance(data, counted.layout, facts, method),
        drivers=measure_drivers(data, counted, facts, method),
        agreement=measure_agreement(counted, facts),
        assessors=people,
        sides=sides,
        lengths=lengths,
        variants=measure_variants(data, counted, overall, sides, lengths, people, method, beside.traffic),
    )
