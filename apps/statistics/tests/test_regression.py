"""The case of six tasks by three assessors is that of `test_clustered`; the rest is drawn from known models."""

import tracemalloc

import numpy as np
import pytest

from apps.statistics.clustered import win_rate
from apps.statistics.mcnemar import mcnemar
from apps.statistics.regression import length_effect, linear_effects, side_effect
from apps.statistics.undefined import Reason

RNG = np.random.default_rng(7)
N = 3000
TASKS, PEOPLE = np.arange(N) // 3, RNG.integers(0, 25, N)


def test_the_side_is_taken_out_of_the_win_rate() -> None:
    rng = np.random.default_rng(11)
    left = rng.random(N) < 0.7
    scores = (rng.random(N) < 0.5 + np.where(left, 0.1, -0.1)).astype(float)
    found = side_effect(scores, left, TASKS, PEOPLE)
    assert found.effect.value == pytest.approx(0.2, abs=0.04)
    assert (found.effect.low or 0) > 0.1
    assert found.adjusted.value == pytest.approx(0.5, abs=0.03)
    assert win_rate(scores, TASKS, PEOPLE).value == pytest.approx(0.54, abs=0.03)
    assert side_effect(scores, np.ones(N, bool), TASKS, PEOPLE).effect.undefined is Reason.ONE_SIDE


def test_with_sides_balanced_in_each_task_the_adjusted_rate_is_the_headline() -> None:
    rng = np.random.default_rng(11)
    tasks, people = np.repeat(np.arange(60), 2), np.tile(np.arange(12), 10)
    scores = rng.choice([0, 0.5, 1], 120)
    found, headline = side_effect(scores, np.arange(120) % 2 == 0, tasks, people), win_rate(scores, tasks, people)
    assert found.adjusted.value == pytest.approx(headline.value)
    assert found.adjusted.standard_error == pytest.approx(headline.standard_error, rel=0.1)


def test_where_few_did_most_of_the_work_the_adjusted_rate_is_as_uncertain_as_the_headline() -> None:
    """Each pair of an assessor's judgments is on both sides, so neither says more of the side than of the rate."""
    rng = np.random.default_rng(11)
    people = np.repeat(rng.choice(20, 400, p=np.r_[[0.2] * 4, [0.2 / 16] * 16]), 2)
    tasks, lean = np.arange(800), rng.normal(0, 0.3, 20)
    scores = (rng.random(800) < 0.5 + lean[people]).astype(float)
    found, headline = side_effect(scores, tasks % 2 == 0, tasks, people), win_rate(scores, tasks, people)
    assert found.adjusted.degrees_of_freedom == headline.degrees_of_freedom
    assert 3 <= (headline.degrees_of_freedom or 0) <= 8


def test_a_rate_adjusted_for_sides_stays_a_rate() -> None:
    scores, left = np.array([1, 0, 1, 0.5, 1, 0, 1, 0.5]), np.arange(8) % 4 < 2
    found = side_effect(scores, left, np.arange(8) % 2, np.arange(8) // 4)
    assert (found.effect.low, found.effect.high) == (-1, 1)
    assert 0 <= (found.adjusted.low or 0) < (found.adjusted.value or 0) < (found.adjusted.high or 2) <= 1


def test_length_explains_what_it_was_made_to_explain() -> None:
    rng = np.random.default_rng(11)
    longer = rng.normal(40, 100, N)
    drawn = np.tanh(longer / longer.std())
    scores = (rng.random(N) < 1 / (1 + np.exp(-1.2 * drawn))).astype(float)
    found = length_effect(scores, longer, TASKS, PEOPLE)
    assert found.slope.value == pytest.approx(1.2, abs=0.15)
    assert (found.at_equal_length.low or 0) < 0.5 < (found.at_equal_length.high or 0)
    assert scores.mean() > 0.55
    spread = (found.at_equal_length.high or 0) - (found.at_equal_length.low or 0)
    assert spread < 0.08


def test_length_that_decides_everything_or_never_differs_says_so() -> None:
    longer = np.where(np.arange(60) % 2 == 0, 10, -10)
    decided = length_effect((longer > 0).astype(float), longer, np.arange(60), np.arange(60) % 6)
    assert decided.slope.undefined is Reason.SEPARATED
    assert length_effect([1, 0], [5, 5], [0, 1], [0, 1]).slope.undefined is Reason.NO_VARIATION
    assert length_effect([], [], [], []).slope.undefined is Reason.NO_JUDGMENTS


def test_swapping_the_sides_mirrors_length_and_position() -> None:
    rng = np.random.default_rng(11)
    longer, left = rng.normal(0, 50, N), rng.random(N) < 0.5
    scores = rng.choice([0, 0.5, 1], N)
    here, there = length_effect(scores, longer, TASKS, PEOPLE), length_effect(1 - scores, -longer, TASKS, PEOPLE)
    assert there.at_equal_length.low == pytest.approx(1 - (here.at_equal_length.high or 0))
    assert there.slope.value == pytest.approx(here.slope.value)
    one, other = side_effect(scores, left, TASKS, PEOPLE), side_effect(1 - scores, ~left, TASKS, PEOPLE)
    assert other.effect.value == pytest.approx(one.effect.value)
    assert other.adjusted.value == pytest.approx(1 - (one.adjusted.value or 0))


def test_mcnemar_of_agresti() -> None:
    """Categorical Data Analysis, table 10.1: 86 and 150 discordant."""
    found = mcnemar(86, 150)
    assert found.chi2 == pytest.approx(17.35593, abs=1e-5)
    assert found.p == pytest.approx(3.0993e-5, rel=1e-3)
    assert found.exact_p == pytest.approx(3.7161e-5, rel=1e-3)
    assert mcnemar(600, 500).p == pytest.approx(0.00256883, abs=1e-8)  # sides given out 600 to 500
    assert mcnemar(821588, 815482).p == pytest.approx(1.82179e-6, rel=1e-5)  # Kohavi, Tang & Xu 2020, ch. 21
    assert mcnemar(1000, 1100).p == pytest.approx(0.0290963, abs=1e-7)
    assert (mcnemar(0, 0).chi2, mcnemar(0, 0).exact_p) == (None, 1.0)


def test_nameless_assessors_cost_no_matrix_each() -> None:
    n, rng = 20_000, np.random.default_rng(1)
    causes, everybody = rng.integers(-1, 2, (n, 12)), np.arange(n)
    tracemalloc.start()
    found = linear_effects(rng.integers(0, 2, n), causes, everybody, everybody)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found[0].undefined is None
    assert peak < 20_000_000  # 13 × 13 numbers for each would be 27 MB
