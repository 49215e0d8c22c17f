"""Values: Newcombe 1998, Statistics in Medicine 17, table I."""

import pytest

from apps.statistics.wilson import wilson

NEWCOMBE = [
    (81, 263, (0.25529, 0.36621)),
    (15, 148, (0.06239, 0.16049)),
    (0, 20, (0, 0.16113)),
]


@pytest.mark.parametrize(("x", "n", "score"), NEWCOMBE)
def test_published_intervals(x: int, n: int, score: tuple[float, float]) -> None:
    assert wilson(x / n, n, 1.959964) == pytest.approx(score, abs=6e-6)


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.1, 10), (-0.1, 10)])
def test_impossible_shares_are_refused(share: float, n: float) -> None:
    with pytest.raises(ValueError, match="share"):
        wilson(share, n, 1.96)
