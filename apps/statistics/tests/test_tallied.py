"""Means from counts are those of the judgments themselves."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.statistics.clustered import ClusteredMean, clustered_ratio
from apps.statistics.tallied import layout

VALUES, OF = np.array([1.0, 0.5, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.0])
KINDS = len(VALUES)
TASKS = 6
judgments = st.lists(st.tuples(st.integers(0, TASKS - 1), st.integers(0, 4), st.integers(0, KINDS)), max_size=60)


def same(found: ClusteredMean | None, expected: ClusteredMean | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return bool(np.allclose(astuple(found), astuple(expected), rtol=1e-11, atol=1e-24, equal_nan=True))


@settings(max_examples=50, deadline=None)
@given(judgments, st.lists(st.integers(-1, 2), min_size=TASKS, max_size=TASKS), st.booleans())
def test_tallies_say_what_single_judgments_say(
    rows: list[tuple[int, int, int]], groups: list[int], decisive: bool
) -> None:
    task, person, code = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    group, of = np.array(groups)[task], OF if decisive else np.ones(KINDS)
    values, counts, scale = VALUES * of, code < KINDS, np.array([0.0, 2.0, 0.5])
    tally = layout(task, person, group, least=3).tally(code.astype(np.uint8), KINDS)
    for number, found in enumerate(tally.means(values, of)):
        here = counts & (group == number)
        assert same(found, clustered_ratio(values[code[here]], of[code[here]], task[here], person[here]))
    here = counts & (group > 0)
    weights = scale[group[here]]
    expected = clustered_ratio(values[code[here]], of[code[here]], task[here], person[here], weights=weights)
    assert same(tally.regrouped(scale=scale).mean(values, of), expected)
    assert tally.counts().sum() == (counts & (group >= 0)).sum()


def test_patterns_too_many_for_one_number_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    task, person, code = np.repeat([0, 1, 2], 400), np.tile(np.arange(400), 3), rng.integers(0, 30, 1200)
    found = layout(task, person).tally(code, 30)
    assert found.tasks.times.tolist() == [1, 1, 1]
    assert same(found.mean(np.arange(30.0)), clustered_ratio(code, np.ones(1200), task, person))


def test_a_task_is_in_one_group() -> None:
    with pytest.raises(ValueError, match="one group"):
        layout([0, 0], [0, 1], [0, 1])
