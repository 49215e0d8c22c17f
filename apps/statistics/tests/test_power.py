"""Numbers of tasks and floors: computed from the formula by hand; Miller 2024 for paired questions."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.statistics.power import Design, questions_needed, variance_components

PLAIN = Design(overlap=1, between_tasks=0.3, between_assessors=0)
TASKS = {
    (1, 0.3): (3925, 1745, 628, 157),
    (3, 0.3): (2094, 931, 335, 84),
    (5, 0.3): (1727, 768, 277, 70),
    (3, 0.1): (1570, 698, 252, 63),
}


@pytest.mark.parametrize(("design", "needed"), TASKS.items())
def test_tasks_for_win_rates_of_52_53_55_and_60_per_cent(
    design: tuple[int, float], needed: tuple[int, int, int, int]
) -> None:
    planned = replace(PLAIN, overlap=design[0], between_tasks=design[1])
    assert [planned.tasks_for(d) for d in (0.02, 0.03, 0.05, 0.1)] == pytest.approx(needed, abs=1)


def test_few_assessors_put_a_floor_under_what_can_be_seen() -> None:
    people = {5: 0.149, 8: 0.103, 10: 0.089, 20: 0.059, 30: 0.047, 50: 0.036}
    floors = {g: Design(assessors=g).floor for g in people}
    assert floors == pytest.approx(people, abs=6e-4)
    ten = Design(assessors=10)
    assert ten.tasks_for(0.08) is None
    assert ten.tasks_for(0.12) is not None
    assert ten.smallest_difference(10_000_000) == pytest.approx(ten.floor, rel=1e-3)
    assert Design().assessors_for(0.08) == 12
    with pytest.raises(ValueError, match="difference"):
        ten.tasks_for(0.7)


def test_five_assessors_of_a_pilot_differ_as_much_as_all_would() -> None:
    """Their own mean is taken off each residual; without amends a quarter of what lies between them is lost."""
    found = []
    for seed in range(150):
        rng, tasks = np.random.default_rng(seed), np.repeat(np.arange(100), 3)
        people = rng.random((100, 5)).argsort(axis=1)[:, :3].ravel()
        y = rng.normal(0, 0.3**0.5, 100)[tasks] + rng.normal(0, 0.1**0.5, 5)[people] + rng.normal(0, 0.6**0.5, 300)
        found.append(variance_components(y, tasks, people))
    assert np.mean([item.between_assessors or 0 for item in found]) == pytest.approx(0.1, abs=0.02)
    assert np.mean([item.between_tasks or 0 for item in found]) == pytest.approx(0.3, abs=0.02)


def test_shares_never_exceed_the_whole() -> None:
    same = variance_components([1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1])
    assert (same.between_tasks, same.between_assessors) == (None, None)  # the same judgments said twice tell nothing
    whole = variance_components([1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 2, 3])
    assert (whole.between_tasks, whole.between_assessors) == (1, None)
    assert Design(between_tasks=0.9, between_assessors=0.5).variance(10) > 0.2 * 0.9 / 10 - 1e-9


def test_miller_2024() -> None:
    assert questions_needed(0.03, 1 / 9) == pytest.approx(968.9975, abs=1e-3)
    assert questions_needed(0.03, 1 / 9, 1 / 6, 10) == pytest.approx(1259.697, abs=1e-3)


def test_a_pilot_tells_how_much_tasks_and_assessors_share() -> None:
    rng = np.random.default_rng(0)
    tasks, people = np.repeat(np.arange(2000), 4), rng.integers(0, 200, 8000)
    y = rng.normal(0, 0.5, 2000)[tasks] + rng.normal(0, 0.2, 200)[people] + rng.normal(0, 0.8, 8000)
    found = variance_components(y, tasks, people)
    total = 0.25 + 0.04 + 0.64
    assert found.between_tasks == pytest.approx(0.25 / total, abs=0.03)
    assert found.between_assessors == pytest.approx(0.04 / total, abs=0.02)
    assert variance_components([1, 0], [0, 1], [0, 1]).between_tasks is None
    assert variance_components([], [], []).between_assessors is None


@settings(max_examples=30)
@given(st.integers(2, 60), st.sampled_from([0.06, 0.1, 0.2]))
def test_the_number_of_tasks_is_the_least_that_suffices(assessors: int, difference: float) -> None:
    design = Design(assessors=assessors)
    tasks = design.tasks_for(difference)
    if tasks is not None and tasks > 1:
        assert design.smallest_difference(tasks) <= difference < design.smallest_difference(tasks - 1)
