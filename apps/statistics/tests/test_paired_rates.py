import numpy as np
import pytest

from apps.statistics.paired_rates import correlate_win_rates
from apps.statistics.undefined import Reason


def test_a_pair_may_be_told_from_either_side() -> None:
    """Pearson's correlation of all pairs, each told from both sides."""
    x, y = np.array([0.8, 0.3, 0.55, 0.6]), np.array([0.7, 0.45, 0.4, 0.9])
    found = correlate_win_rates(x, y)
    assert found.value == pytest.approx(np.corrcoef([*x, *(1 - x)], [*y, *(1 - y)])[0, 1])
    turned = np.array([True, False, True, False])
    assert correlate_win_rates(np.where(turned, 1 - x, x), np.where(turned, 1 - y, y)) == pytest.approx(found)
    assert (found.pairs, found.decided, found.same_winner) == (4, 4, 3)


def test_the_interval_holds_for_independent_pairs() -> None:
    draw = np.random.default_rng(5)
    covariance = 0.01 * np.array([[1, 0.6], [0.6, 1]])
    held = 0
    for _ in range(1000):
        x, y = np.clip(0.5 + draw.multivariate_normal([0, 0], covariance, size=8), 0, 1).T
        found = correlate_win_rates(x, y)
        held += (found.low or 0) <= 0.6 <= (found.high or 0)
    assert 930 <= held <= 970


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        ([0.6, 0.7], [0.6, 0.7], Reason.TOO_FEW_PAIRS),
        ([], [], Reason.TOO_FEW_PAIRS),
        ([0.5, 0.5, 0.5], [0.6, 0.7, 0.2], Reason.NO_VARIATION),
    ],
)
def test_why_there_is_none(x: list[float], y: list[float], why: Reason) -> None:
    found = correlate_win_rates(x, y)
    assert (found.value, found.undefined) == (None, why)


def test_a_straight_line_has_no_interval() -> None:
    found = correlate_win_rates([0.6, 0.7, 0.8], [0.4, 0.3, 0.2])
    assert (found.value, found.low, found.high) == (-1.0, None, None)


def test_rates_beyond_their_bounds_are_refused() -> None:
    with pytest.raises(ValueError, match="lie in"):
        correlate_win_rates([1.2, 0.5, 0.5], [0.5, 0.5, 0.5])
