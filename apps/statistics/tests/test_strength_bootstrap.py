import numpy as np
import pytest

from apps.statistics.bradley_terry import count_cells, covariance, fit
from apps.statistics.strength_bootstrap import bootstrap_strengths


def test_replicates_spread_as_the_sandwich_says_of_independent_comparisons() -> None:
    rng, n = np.random.default_rng(3), 3000
    strength = np.array([0.6, 0.2, -0.1, -0.7])
    first = rng.integers(0, 4, n)
    second = (first + rng.integers(1, 4, n)) % 4
    win = 1 / (1 + np.exp(-(strength[first] - strength[second])))
    scores = np.where(rng.random(n) < 0.2, 0.5, (rng.random(n) < win).astype(float))
    cells = count_cells(first, second, scores, 4)
    drawn, found = bootstrap_strengths(cells, 800, seed=1), fit(cells)
    alone = np.sqrt(np.diag(covariance(found, first, second, scores, np.arange(n), np.arange(n)).by_cell))
    assert np.abs(drawn.mean(axis=0) - found.strength).max() < 0.01
    assert np.abs(drawn.std(axis=0) / alone - 1).max() < 0.1
    assert np.array_equal(drawn, bootstrap_strengths(cells, 800, seed=1))


def test_a_replicate_without_a_finite_estimate_is_no_number() -> None:
    cells = count_cells([0, 0, 0, 1, 1], [1, 1, 1, 2, 2], [1, 1, 0, 1, 0], 3)
    drawn = bootstrap_strengths(cells, 200)
    lacking = np.isnan(drawn).any(axis=1)
    assert 0 < lacking.sum() < 200
    assert np.isnan(drawn[lacking]).all()


@pytest.mark.parametrize(
    ("first", "second", "scores", "pipelines"),
    [
        ([0, 0, 2, 2], [1, 1, 3, 3], [1, 0, 1, 0], 4),
        ([0, 0, 1], [1, 1, 0], [1, 0, 0.5], 3),
        ([0] * 10, [1] * 10, [1] * 10, 2),
        ([], [], [], 2),
        ([], [], [], 1),
    ],
    ids=["two groups that never met", "one who met nobody", "only wins", "nothing", "nobody"],
)
def test_data_without_a_finite_estimate_have_none_however_they_are_drawn(
    first: list[int], second: list[int], scores: list[float], pipelines: int
) -> None:
    cells = count_cells(first * 100, second * 100, scores * 100, pipelines)
    assert np.isnan(bootstrap_strengths(cells, 30)).all()
    few = count_cells(first, second, scores, pipelines)
    assert np.isnan(bootstrap_strengths(few, 30)).all()
