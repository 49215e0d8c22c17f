import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.statistics.bradley_terry import (
    Cells,
    DisconnectedError,
    OneOrderError,
    count_cells,
    covariance,
    deviance,
    fit,
)
from apps.statistics.ranks import contrast, rank_intervals, strength_interval
from apps.statistics.undefined import Reason

PUBLISHED = json.loads((Path(__file__).parent / "data" / "pairs.json").read_text())


def cells_of(wins: list[list[int]], losses: list[list[int]]) -> Cells:
    won, lost = np.array(wins, dtype=np.float64), np.array(losses, dtype=np.float64)
    i, j = np.nonzero(won + lost)
    return Cells(i, j, won[i, j], np.zeros(len(i)), lost[i, j], len(won))


def draws(strength: list[float], ties: float, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Comparisons from Davidson's model: first, second, scores."""
    rng = np.random.default_rng(seed)
    i, j = rng.permuted(np.tile(np.arange(len(strength)), (n, 1)), axis=1)[:, :2].T
    s = np.array(strength)[i] - np.array(strength)[j]
    up, down = np.exp(s / 2), np.exp(-s / 2)
    u = rng.random(n) * (up + down + ties)
    return i, j, np.where(u < up, 1.0, np.where(u < up + ties, 0.5, 0.0))


def test_worked_example_of_wikipedia() -> None:
    wins = PUBLISHED["wikipedia"]["wins"]
    i, j = np.nonzero(np.array(wins))
    found = fit(Cells(i, j, np.array(wins)[i, j] * 1.0, np.zeros(len(i)), np.zeros(len(i)), 4))
    assert np.exp(found.strength) == pytest.approx(PUBLISHED["wikipedia"]["odds"], abs=6e-5)


def test_baseball_of_1987_with_and_without_the_home_advantage() -> None:
    told = PUBLISHED["baseball"]
    cells = cells_of(told["home_wins"], told["home_losses"])
    found = fit(cells)
    assert found.strength[:6] - found.strength[6] == pytest.approx(told["strength"], abs=6e-5)
    errors = [float(np.sqrt(c @ found.model_covariance @ c)) for c in (contrast(i, 6, 7) for i in range(6))]
    assert errors == pytest.approx(told["error"], abs=6e-5)
    assert deviance(cells, found) == pytest.approx(told["deviance"], abs=6e-4)
    home = fit(cells, order_effect=True)
    assert home.strength[:6] - home.strength[6] == pytest.approx(told["with_home"], abs=6e-5)
    assert home.order == pytest.approx(told["home"], abs=6e-5)
    assert np.sqrt(home.model_covariance[7, 7]) == pytest.approx(told["home_error"], abs=6e-5)
    assert deviance(cells, home) == pytest.approx(told["home_deviance"], abs=6e-4)


def test_davidson_finds_strengths_that_half_wins_draw_together() -> None:
    true = [0.6, 0.2, -0.1, -0.7]
    drawn = count_cells(*draws(true, 0.6, 60_000), 4)
    halves, davidson = fit(drawn), fit(drawn, ties=True)
    assert davidson.strength == pytest.approx(true, abs=0.03)
    assert davidson.ties == pytest.approx(0.6, abs=0.02)
    assert np.ptp(halves.strength) < 0.9 * np.ptp(true)
    assert davidson.win_rates()[0, 3] == pytest.approx(halves.win_rates()[0, 3], abs=0.01)


def test_two_way_errors_exceed_those_of_independent_comparisons_where_assessors_lean() -> None:
    rng, n = np.random.default_rng(1), 3000
    i, j, scores = draws([0.5, 0.0, -0.5], 0.5, n)
    tasks, people = rng.integers(0, 300, n), rng.integers(0, 12, n)
    alike = rng.random(12) < 0.5
    scores = np.where(rng.random(n) < 0.3, np.where(alike[people] == (i < j), 1.0, 0.0), scores)
    cells = count_cells(i, j, scores, 3)
    found = fit(cells)
    spread = covariance(found, i, j, scores, tasks, people)
    lone = covariance(found, i, j, scores, np.arange(n), np.arange(n))
    c = contrast(0, 2, 3)
    assert spread.variance(c) > 2 * lone.variance(c)
    assert lone.variance(c) == pytest.approx(c @ found.model_covariance @ c, rel=0.3)  # ties vary less than wins


def test_rank_intervals_separate_what_is_far_apart() -> None:
    i, j, scores = draws([1.5, 0.05, 0.0, -1.5], 0.5, 2000)
    found = fit(count_cells(i, j, scores, 4), ties=True)
    spread = covariance(found, i, j, scores, np.arange(2000) // 3, np.arange(2000) % 40)
    ranks = rank_intervals(found, spread)
    assert list(zip(ranks.best, ranks.worst, strict=True)) == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert 2.5 < ranks.critical < 3.2
    strongest = strength_interval(found, spread, 0)
    assert (strongest.low or 0) < found.strength[0] < (strongest.high or 0)
    alone = covariance(found, i, j, scores, np.arange(2000), np.zeros(2000))
    assert strength_interval(found, alone, 0).undefined is Reason.ONE_ASSESSOR
    assert list(rank_intervals(found, alone).worst) == [4] * 4


def test_who_only_won_gets_a_finite_strength_and_who_never_met_is_named() -> None:
    sure = fit(count_cells([0, 0, 1], [1, 1, 2], [1, 1, 0.5], 3))
    assert sure.regularised
    assert np.isfinite(sure.strength).all()
    with pytest.raises(DisconnectedError) as caught:
        fit(count_cells([0, 2], [1, 3], [0.5, 1], 4))
    assert sorted(caught.value.groups) == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="½"):
        count_cells([0], [1], [0.7], 2)


def test_with_few_assessors_nobody_is_certain_for_lack_of_a_joint_variance() -> None:
    """Six tasks by three assessors: where V_T + V_A - V_I is negative the max rule has an error, the matrix none."""
    for seed in range(20):
        scores = np.random.default_rng(seed).choice([0, 0.5, 1], 18)
        i, j = np.zeros(18, int), np.ones(18, int)
        found = fit(count_cells(i, j, scores, 2))
        spread = covariance(found, i, j, scores, np.arange(18) // 3, np.arange(18) % 3)
        ranks = rank_intervals(found, spread)
        assert ranks.critical == pytest.approx(4.302653, rel=0.03)  # two pipelines, one pair: Student's t on 2
        difference = spread.estimate(2 * float(found.strength[0]), contrast(0, 1, 2))
        assert (ranks.best.max() > 1) == ((difference.p or 1) < 0.05)


def test_endless_estimates_are_made_finite_and_one_order_says_so() -> None:
    for ties in (False, True):
        always_first = fit(
            count_cells([0, 1, 2, 1, 2, 0], [1, 2, 0, 0, 1, 2], np.ones(6), 3), order_effect=True, ties=ties
        )
        assert always_first.regularised
        assert 0 < (always_first.order or 0) < 3
        assert always_first.strength == pytest.approx([0, 0, 0], abs=1e-8)
    only_ties = fit(count_cells([0, 1], [1, 2], [0.5, 0.5], 3), ties=True)
    assert only_ties.regularised
    assert only_ties.strength == pytest.approx([0, 0, 0], abs=1e-8)
    with pytest.raises(OneOrderError, match="both ways"):
        fit(count_cells([0, 0, 1], [1, 1, 2], [1, 0, 0.5], 3), order_effect=True)
    with pytest.raises(ValueError, match="from 0 to 1"):
        count_cells([0], [2], [1], 2)
    assert fit(count_cells([], [], [], 1)).strength.tolist() == [0]


PAIRS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 2), st.sampled_from([0.0, 0.5, 1.0])), min_size=12, max_size=30
)


@settings(max_examples=10)
@given(PAIRS, st.booleans())
def test_saying_it_the_other_way_round_changes_nothing_but_the_order_effect(
    rows: list[tuple[int, int, float]], ties: bool
) -> None:
    first, step, scores = (np.array(x) for x in zip(*rows, (0, 1, 0.5), (1, 1, 0.5), (2, 1, 0.5), strict=True))
    second = (first + step) % 3
    here = fit(count_cells(first, second, scores, 3), order_effect=True, ties=ties)
    there = fit(count_cells(second, first, 1 - scores, 3), order_effect=True, ties=ties)
    assert there.strength == pytest.approx(here.strength, abs=1e-6)
    assert there.order == pytest.approx(-(here.order or 0), abs=1e-6)
