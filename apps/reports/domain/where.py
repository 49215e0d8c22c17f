"""Where the difference lies: criteria within clusters, marks, and which criteria decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.counted import OUTCOMES, marked
from apps.reports.domain.depth import Cell, Discordance, Driver
from apps.reports.domain.measure import measure_criteria
from apps.statistics.clustered import clustered_ratio, difference, proportion, rate_per
from apps.statistics.heterogeneity import shrink
from apps.statistics.mcnemar import mcnemar
from apps.statistics.multiplicity import benjamini_hochberg
from apps.statistics.regression import linear_effects
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.columns import Columns
    from apps.reports.domain.counted import Counted
    from apps.reports.domain.numbers import Facts, Group, Method
    from apps.statistics.clustered import Estimate
    from apps.statistics.tallied import Layout

# By outcome (B won, neither, A won) and preference (B, same, A, none): 0 the two sides differ, 1 agree, 2 one has none.
SIDING = np.array([[1, 2, 0, 2], [2, 2, 2, 2], [0, 2, 1, 2]], dtype=np.uint8)

# By marks of A and of B (none, some, nobody looked): A × B, 4 where one is not known.
CROSSED = np.array([0, 1, 4, 2, 3, 4, 4, 4, 4], dtype=np.uint8)


def measure_cells(clusters: Sequence[str], counted: Counted, facts: Facts, method: Method) -> tuple[Cell, ...]:
    """Every criterion in every cluster; p adjusted by Benjamini and Hochberg over all cells with enough data."""
    cells: list[Cell] = []
    for key in facts.criteria if clusters else ():
        by_cluster = counted.ratings[key].regrouped(counted.cluster)
        found = measure_criteria([key] * len(clusters), by_cluster, method)
        drawn = drawn_together([item.net for item in found])
        for name, item, value in zip(clusters, found, drawn, strict=True):
            cells.append(Cell(key, name, item.net, item.enough, None, value))
    tested = [place for place, cell in enumerate(cells) if cell.enough and cell.net.p is not None]
    adjusted = benjamini_hochberg([cells[place].net.p or 0.0 for place in tested])
    for place, p in zip(tested, adjusted, strict=True):
        cells[place] = replace(cells[place], p_adjusted=float(p))
    return tuple(cells)


def clusters_drawn(groups: Sequence[Group]) -> dict[str, float | None]:
    """Win rates of clusters, small ones drawn towards the rest."""
    drawn = drawn_together([group.win_rate for group in groups])
    return {group.key: value for group, value in zip(groups, drawn, strict=True)}


def drawn_together(estimates: Sequence[Estimate]) -> list[float | None]:
    values = shrink(
        [0.0 if item.value is None else item.value for item in estimates],
        [(item.standard_error or 0.0) ** 2 for item in estimates],
    )
    return [None if np.isnan(value) else float(value) for value in values]


def measure_discordance(data: Columns, layout: Layout, facts: Facts, method: Method) -> tuple[Discordance, ...]:
    """For criteria that mark: who was marked, and how densely."""
    return tuple(_discordance(item.key, data, layout, method) for item in facts.asked if item.kind == "marks")


def _discordance(key: str, data: Columns, layout: Layout, method: Method) -> Discordance:
    a, b = data.values[key]
    crossed = layout.tally(CROSSED[3 * marked(a) + marked(b)], 4)
    seen = ~(np.isnan(a) | np.isnan(b))
    neither, b_only, a_only, both = crossed.counts().sum(axis=0).tolist()
    return Discordance(
        criterion=key,
        both=both,
        a_only=a_only,
        b_only=b_only,
        neither=neither,
        difference=difference(
            crossed.mean([0, -1, 1, 0]),
            bounds=(-1, 1),
            confidence=method.confidence,
            generalise_over=method.generalise_over,
        ),
        mcnemar_p=mcnemar(a_only, b_only).exact_p,
        per_100_a=_per_100(a, data.words_a, seen, data, method),
        per_100_b=_per_100(b, data.words_b, seen, data, method),
    )


def _per_100(marks: np.ndarray, words: np.ndarray, seen: np.ndarray, data: Columns, method: Method) -> Estimate | None:
    known = seen & (words > 0)
    if not known.any():
        return None
    kept = slice(None) if known.all() else known
    mean = clustered_ratio(marks[kept], words[kept], data.tasks[kept], data.assessors[kept])
    return rate_per(mean, 100, confidence=method.confidence)


def measure_drivers(data: Columns, counted: Counted, facts: Facts, method: Method) -> tuple[Driver, ...]:
    """Over judgments that rated every criterion at least half of the judgments rate."""
    rated = counted.rated
    usual = [key for key in facts.criteria if len(data) and np.mean(rated[key] < 3) >= 0.5]
    effects: dict[str, Estimate] = {}
    if usual:
        whole = np.logical_and.reduce([rated[key] < 3 for key in usual])
        kept = slice(None) if whole.all() else whole
        causes = np.stack([rated[key][kept].astype(np.int8) - 1 for key in usual])
        found = linear_effects(2 * data.scores[kept] - 1, causes.T, data.tasks[kept], data.assessors[kept])
        effects = dict(zip(usual, found, strict=True))
    outcomes = 4 * OUTCOMES[data.verdicts]
    return tuple(Driver(key, _sides_with(outcomes + rated[key], counted.layout, method), effects[key]) for key in usual)


def _sides_with(crossed: np.ndarray, layout: Layout, method: Method) -> Estimate:
    mean = layout.tally(SIDING.ravel()[crossed], 2).mean([0, 1])
    return proportion(mean, null=0.5, confidence=method.confidence, empty=Reason.NONE_DECISIVE)
