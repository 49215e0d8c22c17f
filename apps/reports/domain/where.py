"""Where the difference lies: criteria within clusters, marks, and which criteria decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from apps.reports.domain.depth import Cell, Discordance, Driver
from apps.reports.domain.measure import measure_criterion
from apps.statistics.clustered import clustered_mean, clustered_ratio, proportion, rate_per, signed_mean
from apps.statistics.heterogeneity import shrink
from apps.statistics.mcnemar import mcnemar
from apps.statistics.multiplicity import benjamini_hochberg
from apps.statistics.regression import linear_effects
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.columns import Columns
    from apps.reports.domain.numbers import Facts, Group, Method
    from apps.statistics.clustered import Estimate


def measure_cells(data: Columns, facts: Facts, method: Method) -> tuple[Cell, ...]:
    """Every criterion in every cluster; p adjusted by Benjamini and Hochberg over all cells with enough data."""
    cells: list[Cell] = []
    parts = {name: data.where(data.clusters == place) for place, name in enumerate(data.cluster_names)}
    for key in facts.criteria:
        found = [measure_criterion(key, part, method) for part in parts.values()]
        drawn = drawn_together([item.net for item in found])
        for name, item, value in zip(parts, found, drawn, strict=True):
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


def measure_discordance(data: Columns, facts: Facts, method: Method) -> tuple[Discordance, ...]:
    """For criteria that mark: who was marked, and how densely."""
    return tuple(_discordance(item.key, data, method) for item in facts.asked if item.kind == "marks")


def _discordance(key: str, data: Columns, method: Method) -> Discordance:
    a, b = data.values[key]
    seen = ~np.isnan(a) & ~np.isnan(b)
    part, a, b = data.where(seen), a[seen], b[seen]
    marked_a, marked_b = a > 0, b > 0
    a_only, b_only = int((marked_a & ~marked_b).sum()), int((~marked_a & marked_b).sum())
    return Discordance(
        criterion=key,
        both=int((marked_a & marked_b).sum()),
        a_only=a_only,
        b_only=b_only,
        neither=int((~marked_a & ~marked_b).sum()),
        difference=signed_mean(
            marked_a.astype(float) - marked_b,
            part.tasks,
            part.assessors,
            bounds=(-1, 1),
            confidence=method.confidence,
            generalise_over=method.generalise_over,
        ),
        mcnemar_p=mcnemar(a_only, b_only).exact_p,
        per_100_a=_per_100(a, part.words_a, part, method),
        per_100_b=_per_100(b, part.words_b, part, method),
    )


def _per_100(marks: np.ndarray, words: np.ndarray, data: Columns, method: Method) -> Estimate | None:
    known = words > 0
    if not known.any():
        return None
    part = data.where(known)
    mean = clustered_ratio(marks[known], words[known], part.tasks, part.assessors)
    return rate_per(mean, 100, confidence=method.confidence)


def measure_drivers(data: Columns, facts: Facts, method: Method) -> tuple[Driver, ...]:
    """Over judgments that rated every criterion at least half of the judgments rate."""
    usual = [key for key in facts.criteria if len(data) and np.mean(~np.isnan(data.ratings[key])) >= 0.5]
    effects: dict[str, Estimate] = {}
    if usual:
        rated = np.column_stack([data.ratings[key] for key in usual])
        whole = np.asarray(~np.isnan(rated).any(axis=1))
        if not whole.all():
            rated = rated[whole]
        found = linear_effects(2 * data.scores[whole] - 1, rated, data.tasks[whole], data.assessors[whole])
        effects = dict(zip(usual, found, strict=True))
    return tuple(Driver(key, _sides_with(key, data, method), effects[key]) for key in usual)


def _sides_with(key: str, data: Columns, method: Method) -> Estimate:
    ratings, verdict = data.ratings[key], 2 * data.scores - 1
    both = ~np.isnan(ratings) & (ratings != 0) & (verdict != 0)
    sides = (ratings * verdict)[both] > 0
    mean = clustered_mean(sides, data.tasks[both], data.assessors[both]) if both.any() else None
    return proportion(mean, null=0.5, confidence=method.confidence, empty=Reason.NONE_DECISIVE)
