import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.statistics.clustered import Estimate, win_rate

pytestmark = pytest.mark.slow

JUDGMENTS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 7), st.integers(0, 4)), min_size=2, max_size=40
)
Rows = list[tuple[float, int, int]]


def estimate_of(rows: Rows) -> Estimate:
    scores, tasks, assessors = zip(*rows, strict=True)
    return win_rate(scores, tasks, assessors)


def numbers(estimate: Estimate) -> list[float]:
    return [np.nan if x is None else x for x in (estimate.value, estimate.low, estimate.high, estimate.p)]


@settings(max_examples=40)
@given(JUDGMENTS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows: Rows, random: "np.random.Generator") -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    np.testing.assert_allclose(numbers(estimate_of(shuffled)), numbers(estimate_of(rows)), rtol=1e-7, atol=1e-9)


@settings(max_examples=40)
@given(JUDGMENTS)
def test_swapping_the_sides_mirrors_everything(rows: Rows) -> None:
    value, low, high, p = numbers(estimate_of([(1 - score, task, assessor) for score, task, assessor in rows]))
    np.testing.assert_allclose([1 - value, 1 - high, 1 - low, p], numbers(estimate_of(rows)), rtol=1e-7, atol=1e-9)


@settings(max_examples=40)
@given(JUDGMENTS)
def test_saying_everything_twice_adds_no_certainty(rows: Rows) -> None:
    once, twice = estimate_of(rows), estimate_of(rows * 2)
    np.testing.assert_allclose(numbers(twice), numbers(once), rtol=1e-7, atol=1e-9)
    if once.design_effect and twice.design_effect:
        doubled = (2 * len(rows) - 1) / (len(rows) - 1)  # 2, but for the small-sample factors N/(N-1)
        np.testing.assert_allclose(twice.design_effect, doubled * once.design_effect, rtol=1e-7)


@settings(max_examples=40)
@given(JUDGMENTS)
def test_interval_holds_the_value_and_stays_between_0_and_1(rows: Rows) -> None:
    estimate = estimate_of(rows)
    assume(estimate.low is not None and estimate.high is not None)
    assert 0 <= (estimate.low or 0) <= (estimate.value or 0) <= (estimate.high or 0) <= 1


@settings(max_examples=120)
@given(JUDGMENTS)
def test_p_below_5_percent_exactly_when_one_half_is_outside(rows: Rows) -> None:
    estimate = estimate_of(rows)
    assume(estimate.p is not None and abs(estimate.p - 0.05) > 1e-9)
    outside = not (estimate.low or 0) <= 0.5 <= (estimate.high or 0)
    assert ((estimate.p or 0) < 0.05) == outside
