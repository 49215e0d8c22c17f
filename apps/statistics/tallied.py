"""Clustered means from counts: what `clustered` says of single judgments, of coded ones (a verdict, a rating) at once.

Tasks fall into few patterns: how many of their judgments said what. One pass over a million judgments counts them, and
any mean, of any groups of tasks with any weights, is then a sum over patterns and assessors. Sums run in one order, so
a group's numbers are, to the last digit, those of its judgments alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.statistics.clustered import ClusteredMean, check
from apps.statistics.codes import EXACT, as_codes, as_places, cell_codes, distinct

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Patterns:
    """Clusters with the same counts (P, K) of what was said, in the same group: `times` of them, (P,).

    `weight` is that of each of their judgments, before it is divided by the sum of all.
    """

    counts: Codes
    group: Codes
    weight: Array
    times: Codes

    def regrouped(self, to: Codes, scale: Array) -> Patterns:
        kept = (to[self.group] >= 0) & (scale[self.group] > 0)
        group = self.group[kept]
        return Patterns(self.counts[kept], to[group], self.weight[kept] * scale[group], self.times[kept])


@dataclass(frozen=True)
class Tally:
    """`tasks` and `cells` (task × assessor) by pattern; `cells` is None where nobody judged a task twice.

    `said` (Q, K): an assessor's summed weights in one group, for `person` and `assessor_group` (Q,).
    """

    groups: int
    tasks: Patterns
    cells: Patterns | None
    said: Array
    person: Codes
    assessor_group: Codes

    def regrouped(self, to: ArrayLike | None = None, scale: ArrayLike | None = None) -> Tally:
        """Group g becomes part of group `to[g]` (by default all of one), is left out where that is negative, and its
        judgments count `scale[g]` times as much, in all means alike; not at all where that is 0."""
        place = np.zeros(self.groups, dtype=np.int64) if to is None else np.asarray(to, dtype=np.int64)
        by = np.ones(self.groups) if scale is None else np.asarray(scale, dtype=np.float64)
        groups = int(place.max(initial=0)) + 1
        kept = (place[self.assessor_group] >= 0) & (by[self.assessor_group] > 0)
        group, person = self.assessor_group[kept], self.person[kept]
        said = self.said[kept] * by[group][:, None]
        people = int(person.max(initial=0)) + 1
        names, pair = as_places(place[group] * people + person)
        return Tally(
            groups,
            self.tasks.regrouped(place, by),
            self.cells and self.cells.regrouped(place, by),
            _added(pair, said, len(names)),
            names % people,
            names // people,
        )

    def counts(self) -> Codes:
        """Judgments by group and code, (groups, K)."""
        return _by_group(self.tasks, self.tasks.counts, self.groups).astype(np.int64)

    def shares(self) -> Array:
        """Of each code by group, every task counting once, (groups, K): 0 where there is no judgment."""
        found = _by_group(self.tasks, self.tasks.counts * self.tasks.weight[:, None], self.groups)
        return np.asarray(found / np.maximum(found.sum(axis=1), 1)[:, None])

    def sizes(self) -> Codes:
        """Tasks by group."""
        return np.bincount(self.tasks.group, self.tasks.times, minlength=self.groups).astype(np.int64)

    def units(self) -> tuple[Codes, Codes]:
        """Counts (P, K) of tasks that are alike, and how many those are."""
        return self.tasks.counts, self.tasks.times

    def mean(self, values: ArrayLike, of: ArrayLike | None = None) -> ClusteredMean | None:
        """Of all groups together; see `means`."""
        return (self if self.groups == 1 else self.regrouped()).means(values, of)[0]

    def means(self, values: ArrayLike, of: ArrayLike | None = None) -> list[ClusteredMean | None]:
        """By group, `clustered.clustered_ratio` of `values` (K,) by code to `of`, by default `clustered_mean`.

        Raises ValueError for numbers that are not finite and for negative denominators.
        """
        x = np.asarray(values, dtype=np.float64)
        d = np.ones(len(x)) if of is None else np.asarray(of, dtype=np.float64)
        check(x, d, None)
        over, under = _linear(self.tasks, x), _linear(self.tasks, d)
        share = self.tasks.times * self.tasks.weight
        total = np.bincount(self.tasks.group, share * under, minlength=self.groups)
        known = np.where(total > 0, total, 1.0)
        ratio = np.bincount(self.tasks.group, share * over, minlength=self.groups) / known
        by_task, tasks = self._spread(self.tasks, x, d, ratio, known)
        by_judgment, judgments = self._alone(x, d, ratio, known)
        by_cell = by_judgment if self.cells is None else self._spread(self.cells, x, d, ratio, known)[0]
        by_assessor, assessors, even = self._assessors(x, d, ratio, known)
        return [
            ClusteredMean(
                mean=float(ratio[group]),
                judgments=int(judgments[group]),
                tasks=int(tasks[group]),
                assessors=int(assessors[group]),
                by_task=float(by_task[group]),
                by_assessor=float(by_assessor[group]),
                by_cell=float(by_cell[group]),
                by_judgment=float(by_judgment[group]),
                even_assessors=float(even[group]),
            )
            if total[group] > 0
            else None
            for group in range(self.groups)
        ]

    def _spread(self, found: Patterns, x: Array, d: Array, ratio: Array, total: Array) -> tuple[Array, Codes]:
        """C/(C-1) times the sum of squares over clusters that count, and C."""
        of = _linear(found, d)
        u = found.weight * (_linear(found, x) - ratio[found.group] * of) / total[found.group]
        counted = found.times * (of > 0)
        clusters = np.bincount(found.group, counted, minlength=self.groups).astype(np.int64)
        return _corrected(np.bincount(found.group, counted * u * u, minlength=self.groups), clusters), clusters

    def _alone(self, x: Array, d: Array, ratio: Array, total: Array) -> tuple[Array, Codes]:
        """As if nothing were shared: each judgment a cluster."""
        squares = _by_group(self.tasks, self.tasks.counts * (self.tasks.weight**2)[:, None], self.groups)
        u = (x[None] - ratio[:, None] * d[None]) ** 2 * (d > 0)
        judgments = self.counts()[:, d > 0].sum(axis=1)
        return _corrected(_summed(squares * u) / total**2, judgments), judgments

    def _assessors(self, x: Array, d: Array, ratio: Array, total: Array) -> tuple[Array, Codes, Array]:
        """As `_spread`, and the number of assessors as if all had judged alike."""
        group, of = self.assessor_group, _summed(self.said * d)
        u = (_summed(self.said * x) - ratio[group] * of) / total[group]
        count = np.bincount(group[of > 0], minlength=self.groups)
        even = np.bincount(group, (of / total[group]) ** 2, minlength=self.groups)
        spread = _corrected(np.bincount(group, np.where(of > 0, u * u, 0.0), minlength=self.groups), count)
        return spread, count, np.round(1 / np.where(even > 0, even, 1.0), 9)


@dataclass(frozen=True)
class Layout:
    """Who judged which task, and in which group the task is: what tallies of several questions share.

    `tasks` (n,) codes, `sizes` judgments of each, `group` of each, negative: left out. `cells` (n,) codes, None where
    nobody judged a task twice. `pairs` (n,): place in `names`, which are group · people + assessor.
    """

    tasks: Codes
    sizes: Codes
    group: Codes
    groups: int
    cells: Codes | None
    pairs: Codes
    names: Codes
    people: int

    @cached_property
    def weight(self) -> Array:
        """Of each judgment: one over the number of its task's."""
        return np.asarray((1 / np.maximum(self.sizes, 1))[self.tasks])

    def tally(self, codes: NDArray[Any], kinds: int) -> Tally:
        """`codes` (n,) of what was said, 0 to K - 1 for K `kinds`; K: nothing, as if the judgment were not there."""
        sizes, weight = self.sizes, self.weight
        if len(codes) and codes.max() == kinds:
            sizes = np.bincount(self.tasks, codes < kinds, minlength=len(sizes)).astype(np.int64)
            weight = (1 / np.maximum(sizes, 1))[self.tasks]
        found = np.bincount(self.pairs * (kinds + 1) + codes, weight, minlength=len(self.names) * (kinds + 1))
        said = found.astype(np.float64, copy=False).reshape(-1, kinds + 1)[:, :kinds]
        there = np.flatnonzero((said.sum(axis=1) > 0) & (self.names < self.groups * self.people))
        group = np.where(sizes > 0, self.group, -1)
        return Tally(
            self.groups,
            _patterns(self.tasks, codes, kinds, group, sizes),
            None if self.cells is None else self._of_cells(self.cells, codes, kinds, group, sizes),
            said[there],
            self.names[there] % self.people,
            self.names[there] // self.people,
        )

    def _of_cells(self, cells: Codes, codes: NDArray[Any], kinds: int, group: Codes, sizes: Codes) -> Patterns:
        task = np.zeros(int(cells.max()) + 1, dtype=np.int64)
        task[cells] = self.tasks
        return _patterns(cells, codes, kinds, group[task], sizes[task])


def layout(tasks: ArrayLike, assessors: ArrayLike, groups: ArrayLike | None = None, least: int = 1) -> Layout:
    """Labels of tasks and assessors, one entry per judgment; `groups` (n,): whole numbers from 0, the same for all
    judgments of a task, negative: left out; there are `least` of them or more. Raises ValueError where a task is in
    two groups."""
    task, person = as_codes(tasks), as_codes(assessors)
    sizes, people = np.bincount(task), int(person.max(initial=0)) + 1
    group = np.zeros(len(sizes), dtype=np.int64)
    place = group[task]
    if groups is not None:
        place = np.asarray(groups, dtype=np.int64)
        group[task] = place
        if (group[task] != place).any():
            raise ValueError("all judgments of a task must be in one group")
    count, cells = max(least, int(group.max(initial=0)) + 1), cell_codes(task, person)
    twice = len(cells) and int(cells.max()) + 1 < len(cells)
    names, pairs = as_places(np.where(place < 0, count, place) * people + person)
    return Layout(task, sizes, group, count, cells if twice else None, pairs, names, people)


def _patterns(unit: Codes, codes: NDArray[Any], kinds: int, group: Codes, sizes: Codes) -> Patterns:
    """Units (a code for each judgment) that are alike; `group`, negative: left out, and `sizes` of their tasks by unit.
    In the order of group, size and counts, which does not depend on what other units there are."""
    base = int(sizes.max(initial=0)) + 1
    label, span, kept = group * base + sizes, base**kinds, group >= 0
    if span * (int(label.max(initial=0)) + 1) < EXACT:
        powers = base ** np.arange(kinds - 1, -1, -1)
        number = np.bincount(unit, np.append(powers, 0.0)[codes], minlength=len(group)).astype(np.int64)
        found, times = distinct((label * span + number)[kept])
        label, counts = found // span, found[:, None] % span // powers % base
    else:
        table = np.bincount(unit * (kinds + 1) + codes, minlength=len(group) * (kinds + 1)).reshape(-1, kinds + 1)
        rows, times = np.unique(np.column_stack([label, table[:, :kinds]])[kept], axis=0, return_counts=True)
        label, counts = rows[:, 0], rows[:, 1:]
    return Patterns(counts, label // base, 1 / np.maximum(label % base, 1), times)


def _linear(found: Patterns, values: Array) -> Array:
    return _summed(found.counts * values)


def _summed(table: Array) -> Array:
    """Sums of rows, from the left: the same for a row wherever it stands, which BLAS does not promise."""
    total = np.zeros(len(table))
    for column in table.T:
        total += column
    return total


def _by_group(found: Patterns, columns: NDArray[Any], groups: int) -> Array:
    return _added(found.group, found.times[:, None] * columns, groups)


def _added(place: Codes, columns: NDArray[Any], size: int) -> Array:
    """Rows with the same place added up, (size, K)."""
    total = np.zeros((size, columns.shape[1]))
    for number, column in enumerate(columns.T):
        total[:, number] = np.bincount(place, column, minlength=size)
    return total


def _corrected(squares: NDArray[Any], clusters: Codes) -> Array:
    """Times C/(C-1); NaN for a single cluster, which `ClusteredMean.missing` catches."""
    return np.where(clusters > 1, squares * clusters / np.maximum(clusters - 1, 1), np.nan)
