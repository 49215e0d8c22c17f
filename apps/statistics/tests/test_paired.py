import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from apps.statistics.paired import Comparison, compare_paired
from apps.statistics.undefined import Reason

pytestmark = pytest.mark.slow

A = [1, 1, 0, 0, 1, 0, 0, 1, 0, 0]
B = [1, 1, 1, 1, 1, 0, 1, 0, 0, 1]


def compare(before: Sequence[float], after: Sequence[float], clusters: Sequence[int]) -> Comparison:
    found = compare_paired(before, after, clusters)
    assert found is not None
    return found


def test_items_that_share_nothing_give_the_paired_t_interval_of_scipy() -> None:
    found, known = compare(A, B, list(range(10))), stats.ttest_rel(B, A)
    assert found.difference.p == pytest.approx(known.pvalue)
    interval = known.confidence_interval()
    assert (found.difference.low, found.difference.high) == pytest.approx((interval.low, interval.high))


def test_a_gain_by_hand() -> None:
    """R = 3/2; u = (-1/4, -1/4, 1/2, 0); V = 4/3 · 3/8 = 1/2."""
    found = compare([1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 2, 3]).gain
    half = stats.t.ppf(0.975, 3) * math.sqrt(0.5) / 1.5
    assert (found.value, found.low, found.high) == pytest.approx(
        (0.5, 1.5 * math.exp(-half) - 1, 1.5 * math.exp(half) - 1)
    )


def test_mcnemar_by_the_binomial() -> None:
    counts = compare(A, B, list(range(10))).counts
    assert counts is not None
    assert (counts.both, counts.before_only, counts.after_only, counts.neither) == (3, 1, 4, 2)
    assert counts.p == pytest.approx(stats.binomtest(1, 5).pvalue)
    assert compare([0.3, 1], [1, 0.6], [0, 1]).counts is None


@settings(max_examples=30)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=3, max_size=20))
def test_asking_each_question_twice_adds_no_certainty(pairs: list[tuple[bool, bool]]) -> None:
    a, b = (np.array(scores, dtype=float) for scores in zip(*pairs, strict=True))
    places = np.arange(len(a))
    once, twice = compare_paired(a, b, places), compare_paired(np.tile(a, 2), np.tile(b, 2), np.tile(places, 2))
    assert once is not None
    assert twice is not None
    for name in ("before", "after", "difference", "gain"):
        first, second = getattr(once, name), getattr(twice, name)
        for figure in ("value", "low", "high", "p"):
            assert getattr(first, figure) == pytest.approx(getattr(second, figure), abs=1e-9)
        assert first.undefined == second.undefined


def test_what_can_not_be_said_says_why() -> None:
    assert compare_paired([], [], []) is None
    assert compare([0, 0], [1, 0], [0, 1]).gain.undefined is Reason.NOTHING_RIGHT
    assert compare([1, 0], [1, 1], [7, 7]).difference.undefined is Reason.ONE_TASK
    same = compare([1, 0, 1], [1, 0, 1], [0, 1, 2])
    assert (same.difference.value, same.difference.undefined) == (0, Reason.NO_VARIATION)
    assert (same.gain.value, same.gain.undefined) == (0, Reason.NO_VARIATION)
    lost = compare([1, 0, 1], [0, 0, 0], [0, 1, 2])
    assert (lost.gain.value, lost.gain.undefined) == (-1, Reason.NOTHING_RIGHT)
    with pytest.raises(ValueError, match="one length"):
        compare_paired([1], [1, 0], [0, 0])
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        compare_paired([2], [1], [0])


@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_rounding_is_no_variation_and_a_small_difference_is(size: float) -> None:
    before = size * np.array([0.1, 0.2, 0.3, 0.7])
    raised = compare_paired(before, before + size * 0.1, [0, 1, 2, 3])
    assert raised is not None
    assert (raised.difference.undefined, raised.difference.p) == (Reason.NO_VARIATION, None)
    assert raised.gain.low is not None
    scaled = compare_paired(before, before * 1.3, [0, 1, 2, 3])
    assert scaled is not None
    assert scaled.gain.undefined is Reason.NO_VARIATION
    assert scaled.difference.p is not None
    many = np.zeros(100_000)
    one = np.where(np.arange(100_000) == 7, size, 0)
    found = compare_paired(many, one, np.arange(100_000))
    assert found is not None
    assert found.difference.p == pytest.approx(stats.ttest_1samp(one, 0).pvalue)
