"""Values: 420 wins, 180 ties and 400 losses, computed by two independent implementations."""

import pytest
from scipy.stats import binomtest

from apps.statistics.preference import Preference, if_independent, sign_test

pytestmark = pytest.mark.slow


def test_the_ways_to_quote_420_180_400() -> None:
    summary = Preference(420, 180, 400)
    assert summary.win_rate == pytest.approx(0.51)
    assert summary.net == pytest.approx(0.02)
    assert summary.win_ratio == pytest.approx(1.05)
    assert summary.win_odds == pytest.approx(1.040816, abs=1e-6)
    assert summary.decisive_win_rate == pytest.approx(0.512195, abs=1e-6)


def test_independent_judgments_of_420_180_400() -> None:
    naive = if_independent(420, 180, 400)
    assert naive is not None
    assert naive.standard_error == pytest.approx(0.0143215, abs=1e-7)
    assert (naive.low, naive.high) == pytest.approx((0.48193, 0.53807), abs=1e-5)
    assert naive.sign_test_p == pytest.approx(0.507029, abs=1e-6)


def test_ratios_without_a_denominator_do_not_exist() -> None:
    assert Preference(3, 1, 0).win_ratio is None
    assert Preference(3, 0, 0).win_odds is None
    assert Preference(0, 4, 0).decisive_win_rate is None
    assert (Preference(0, 0, 0).win_rate, Preference(0, 0, 0).net) == (None, None)
    assert if_independent(1, 0, 0) is None


def test_only_ties_leave_nothing_to_test() -> None:
    naive = if_independent(0, 5, 0)
    assert naive is not None
    assert (naive.sign_test_p, naive.low, naive.high) == (1.0, 0.5, 0.5)


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (0, 1), (3, 3), (9, 2), (2, 9), (420, 400)])
def test_the_sign_test_is_the_exact_binomial_test(wins: int, losses: int) -> None:
    expected = binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert sign_test(wins, losses) == pytest.approx(expected, rel=1e-12)
