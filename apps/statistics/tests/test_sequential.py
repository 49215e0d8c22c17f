import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.statistics.sequential import (
    as_normal,
    boundaries,
    conditional_power,
    confidence_sequence_half,
    e_process,
    obrien_fleming_spent,
)

PUBLISHED = json.loads((Path(__file__).parent / "data" / "sequential.json").read_text())


@pytest.mark.parametrize(("fractions", "published"), PUBLISHED["boundaries"])
def test_published_boundaries_of_lan_and_demets(fractions: list[float], published: list[float]) -> None:
    assert boundaries(fractions) == pytest.approx(published, abs=1.5e-3)


def test_all_looks_together_spend_five_per_cent() -> None:
    fractions = [0.15, 0.3, 0.5, 0.75, 1]
    walks = np.cumsum(np.random.default_rng(2).normal(0, np.sqrt(np.diff([0, *fractions])), (40_000, 5)), axis=1)
    crossed = (np.abs(walks / np.sqrt(fractions)) > boundaries(fractions)).any(axis=1)
    assert crossed.mean() == pytest.approx(0.05, abs=0.004)
    assert 2 * obrien_fleming_spent(1) == pytest.approx(0.05)


def test_looks_that_do_not_go_forward_are_refused() -> None:
    for fractions in ([0.5, 0.5], [0.5, 1.2], [0.0, 1.0]):
        with pytest.raises(ValueError, match="rise"):
            boundaries(fractions)


@pytest.mark.parametrize("told", PUBLISHED["sequences"])
def test_confidence_sequence_of_growthbook(told: dict[str, Any]) -> None:
    (sum_a, square_a, n_a), (sum_b, square_b, n_b) = told["a"], told["b"]
    mean_a, mean_b = sum_a / n_a, sum_b / n_b
    var_a, var_b = ((square - s * s / n) / (n - 1) for s, square, n in ((sum_a, square_a, n_a), (sum_b, square_b, n_b)))
    error = math.sqrt(var_b / n_b / mean_a**2 + var_a / n_a * mean_b**2 / mean_a**4)
    half = confidence_sequence_half(error, n_a + n_b, told["planned"])
    lift = mean_b / mean_a - 1
    assert lift == pytest.approx(told["lift"], abs=1e-5)
    assert [lift - half, lift + half] == pytest.approx(told["interval"], abs=2e-5)


def test_looking_after_every_task_stays_below_five_per_cent() -> None:
    rng, n = np.random.default_rng(4), np.arange(30, 401)
    net = rng.choice([-1.0, 0.0, 1.0], (400, 400), p=[0.4, 0.2, 0.4])
    means = np.cumsum(net, axis=1)[:, 29:] / n
    halves = np.array([confidence_sequence_half(math.sqrt(0.8 / k), float(k), 200) for k in n])
    assert (np.abs(means) > halves).any(axis=1).mean() < 0.05
    assert np.mean([e_process(row).max() >= 20 for row in net]) < 0.05
    assert e_process(np.ones(60))[-1] > 20
    assert np.isfinite(e_process(np.ones(5000))[-1])
    with pytest.raises(ValueError, match="differences"):
        e_process([1.5])


def test_conditional_power_by_hand() -> None:
    assert conditional_power(1.5, 0.5, 2.8, 1.96) == pytest.approx(0.7605, abs=1e-3)
    assert conditional_power(2.5, 1, 0, 1.96) == 1
    assert conditional_power(0.1, 0.9, 2.8, 1.96) < 0.01


@settings(max_examples=20)
@given(st.floats(-30, 30), st.integers(1, 100))
def test_a_t_statistic_never_counts_for_more_than_it_says(statistic: float, df: int) -> None:
    assert abs(as_normal(statistic, df)) <= abs(statistic) + 1e-9
    assert as_normal(-statistic, df) == pytest.approx(-as_normal(statistic, df))
