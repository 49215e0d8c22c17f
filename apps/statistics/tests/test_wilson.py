"""Values: Newcombe 1998, Statistics in Medicine 17, table I."""

import pytest

from apps.statistics.wilson import clopper_pearson, wilson

NEWCOMBE = [
    (81, 263, (0.25529, 0.36621), (0.25274, 0.36762)),
    (15, 148, (0.06239, 0.16049), (0.05784, 0.16165)),
    (0, 20, (0, 0.16113), (0, 0.16843)),
]


@pytest.mark.parametrize(("x", "n", "score", "exact"), NEWCOMBE)
def test_published_intervals(x: int, n: int, score: tuple[float, float], exact: tuple[float, float]) -> None:
    assert wilson(x / n, n, 1.959964) == pytest.approx(score, abs=6e-6)
    assert clopper_pearson(x, n) == pytest.approx(exact, abs=6e-6)


def test_exact_interval_of_all_successes_mirrors_that_of_none() -> None:
    assert clopper_pearson(20, 20) == pytest.approx((1 - 0.16843, 1), abs=6e-6)


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.1, 10), (-0.1, 10)])
def test_impossible_shares_are_refused(share: float, n: float) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(share, n, 1.96)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        clopper_pearson(3, 2)
