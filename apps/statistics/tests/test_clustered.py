"""Values: OLS with cluster-robust covariance of statsmodels 0.15 on six tasks by three assessors, both corrections."""

import math

import numpy as np
import pytest

from apps.statistics.clustered import (
    ClusteredMean,
    clustered_mean,
    clustered_ratio,
    proportion,
    signed_mean,
    win_rate,
)
from apps.statistics.undefined import Reason
from apps.statistics.wilson import wilson

SIX_BY_THREE = np.array([[1, 1, 0.5], [0, 1, 0], [1, 1, 1], [0.5, 0, 1], [1, 0.5, 1], [0, 0, 0.5]])
SCORES = SIX_BY_THREE.ravel()
TASKS = np.repeat(np.arange(6), 3)
ASSESSORS = np.tile(np.arange(3), 6)


def six_by_three() -> ClusteredMean:
    mean = clustered_mean(SCORES, TASKS, ASSESSORS)
    assert mean is not None
    return mean


def test_parts_of_the_variance_match_statsmodels() -> None:
    mean = six_by_three()
    assert mean.mean == pytest.approx(0.611111, abs=1e-6)
    assert math.sqrt(mean.by_task) == pytest.approx(0.1337955, abs=1e-7)
    assert math.sqrt(mean.by_assessor) == pytest.approx(0.0277778, abs=1e-7)
    assert math.sqrt(mean.by_cell) == math.sqrt(mean.by_judgment) == pytest.approx(0.1034973, abs=1e-7)
    assert math.sqrt(mean.by_task + mean.by_assessor - mean.by_cell) == pytest.approx(0.0892253, abs=1e-7)


def test_max_rule_keeps_the_larger_one_way_variance() -> None:
    assert math.sqrt(six_by_three().variance("tasks+assessors")) == pytest.approx(0.1337955, abs=1e-7)


def test_win_rate_is_wilson_on_the_effective_size_with_a_t_quantile() -> None:
    estimate = win_rate(SCORES, TASKS, ASSESSORS)
    n_effective = 0.6111111 * 0.3888889 / 0.1337955**2
    assert estimate.n_effective == pytest.approx(n_effective, rel=1e-5)
    assert estimate.degrees_of_freedom == 2
    assert (estimate.low, estimate.high) == pytest.approx(wilson(11 / 18, n_effective, 4.302653), rel=1e-5)
    assert estimate.design_effect == pytest.approx((0.1337955 / 0.1034973) ** 2, rel=1e-5)


def test_ties_do_not_hide_what_sharing_costs() -> None:
    """200 tasks of 3 judgments, 70 % ties, the judgments of a task alike: n_eff exceeds N, yet sharing costs."""
    chance = np.random.default_rng(1)
    scores = np.repeat(chance.choice([0.5, 1, 0], 200, p=[0.7, 0.15, 0.15]), 3)
    scores[::3] = chance.choice([0.5, 1, 0], 200, p=[0.7, 0.15, 0.15])
    estimate = win_rate(scores, np.repeat(np.arange(200), 3), chance.integers(0, 30, 600))
    assert (estimate.n_effective or 0) > 600
    assert (estimate.design_effect or 0) > 1.3


def test_judgments_that_share_nothing_have_no_design_effect() -> None:
    assert win_rate([1, 0, 1, 0.5], [1, 2, 3, 4], [1, 2, 3, 4]).design_effect == pytest.approx(1)


def test_a_fixed_panel_generalises_over_tasks_only() -> None:
    both, tasks_only = (
        win_rate(SCORES, TASKS, ASSESSORS),
        win_rate(SCORES, TASKS, ASSESSORS, generalise_over="tasks"),
    )
    assert tasks_only.degrees_of_freedom == 5
    assert (tasks_only.high or 0) - (tasks_only.low or 0) < (both.high or 0) - (both.low or 0)


def test_a_task_with_more_judgments_counts_no_more_than_another() -> None:
    mean = clustered_mean([1, 1, 1, 0], ["x", "x", "x", "y"], [1, 2, 3, 1])
    assert mean is not None
    assert mean.mean == 0.5


def test_identical_tasks_are_worth_one_judgment_each() -> None:
    estimate = win_rate(np.ones(12), np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4))
    assert (estimate.value, estimate.n_effective, estimate.design_effect, estimate.high) == (1.0, 4.0, None, 1.0)


@pytest.mark.parametrize(
    ("tasks", "assessors", "reason"),
    [([1, 1], [1, 2], Reason.ONE_TASK), ([1, 2], [1, 1], Reason.ONE_ASSESSOR)],
)
def test_one_cluster_gives_a_value_and_the_reason_for_no_interval(
    tasks: list[int], assessors: list[int], reason: Reason
) -> None:
    estimate = win_rate([1, 0], tasks, assessors)
    assert (estimate.value, estimate.low, estimate.p, estimate.undefined) == (0.5, None, None, reason)
    assert signed_mean([1, 0], tasks, assessors).undefined is reason


def test_an_assessor_who_did_most_of_the_work_leaves_fewer_degrees_of_freedom() -> None:
    """Ten assessors; one has 91 of 100 tasks and another view than the rest: V is his, G* = 1/(.91² + 9·.01²) = 1.2."""
    who = np.r_[np.zeros(91, int), np.arange(1, 10)]
    scores = np.where(who == 0, np.arange(100) % 10 < 8, np.arange(100) % 10 < 2).astype(float)
    uneven, even = win_rate(scores, np.arange(100), who), win_rate(scores, np.arange(100), np.arange(100) % 10)
    assert (uneven.degrees_of_freedom, even.degrees_of_freedom) == (1, 9)
    mean = clustered_mean(scores, np.arange(100), who)
    assert mean is not None
    assert mean.even_assessors == pytest.approx(1 / (0.91**2 + 9 * 0.01**2))


def test_tasks_of_weight_zero_are_left_out() -> None:
    counts = np.ones(4)
    kept = clustered_ratio([1, 0, 1, 1], counts, [0, 1, 2, 3], [0, 1, 2, 3], weights=[1, 1, 1, 0])
    assert kept == clustered_mean([1, 0, 1], [0, 1, 2], [0, 1, 2])
    assert clustered_ratio([1, 0], [1, 1], [0, 1], [0, 1], weights=[0, 0]) is None
    for weights in ([-1, 1], [math.nan, 1]):
        with pytest.raises(ValueError, match="not negative"):
            clustered_ratio([1, 0], [1, 1], [0, 1], [0, 1], weights=weights)


def test_nothing_judged_explains_itself() -> None:
    assert win_rate([], [], []).undefined is Reason.NO_JUDGMENTS
    assert signed_mean([], [], []).undefined is Reason.NO_JUDGMENTS


def test_one_assessor_is_enough_when_the_panel_is_fixed() -> None:
    assert win_rate([1, 0, 1], [1, 2, 3], [1, 1, 1], generalise_over="tasks").low is not None


def test_signed_mean_is_a_t_interval_with_the_same_variance() -> None:
    estimate = signed_mean(2 * SCORES - 1, TASKS, ASSESSORS)
    assert estimate.value == pytest.approx(2 / 9)
    assert estimate.low == pytest.approx(2 / 9 - 4.302653 * 2 * 0.1337955, abs=1e-5)
    assert estimate.p == pytest.approx(
        1 - 0.830454 / (2 + 0.830454**2) ** 0.5, abs=1e-5
    )  # closed form, 2 degrees of freedom
    assert signed_mean(2 * SCORES - 1, TASKS, ASSESSORS, bounds=(-0.5, 0.5)).low == -0.5


def test_equal_ratings_have_no_interval() -> None:
    assert signed_mean([1, 1, 1], [1, 2, 3], [1, 2, 3]).undefined is Reason.NO_VARIATION


def test_a_ratio_counts_only_its_denominator() -> None:
    decisive = (SCORES != 0.5).astype(float)
    mean = clustered_ratio((SCORES == 1).astype(float), decisive, TASKS, ASSESSORS)
    assert mean is not None
    assert mean.mean == pytest.approx(9 / 14)
    assert mean.judgments == 14
    assert clustered_ratio([0.0], [0.0], [1], [1]) is None
    assert proportion(None, empty=Reason.NONE_DECISIVE).undefined is Reason.NONE_DECISIVE


def test_bad_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        clustered_mean([1, 0], [1], [1, 2])
    with pytest.raises(ValueError, match="finite"):
        clustered_mean([1, math.nan], [1, 2], [1, 2])
