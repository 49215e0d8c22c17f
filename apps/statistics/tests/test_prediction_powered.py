import numpy as np
import pytest

from apps.statistics.prediction_powered import Powered, prediction_powered
from apps.statistics.undefined import Reason


def drawn(seed: int, noise: float, n: int = 120, rest: int = 1200, panel: int = 20) -> Powered:
    """Tasks favour A with their own probability; the judge sees it through `noise`; truth is one half."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n + rest)
    judge = np.clip(truth + rng.normal(0, noise, n + rest), 0, 1) if noise < 1 else rng.random(n + rest)
    tasks = np.repeat(np.arange(n), 2)
    scores = (rng.random(2 * n) < truth[tasks]).astype(float)
    return prediction_powered(scores, tasks, rng.integers(0, panel, 2 * n), judge[tasks], judge[n:])


def test_a_good_judge_saves_judgments_and_the_interval_still_holds_the_truth() -> None:
    found = [drawn(seed, 0.05) for seed in range(120)]
    assert all(item.passed for item in found)
    held = np.mean([(item.estimate.low or 0) <= 0.5 <= (item.estimate.high or 0) for item in found])
    assert 0.91 <= held <= 1
    assert np.mean([item.saved for item in found]) > 0.25


def test_a_judge_that_knows_nothing_changes_nothing() -> None:
    found = [drawn(seed, 2) for seed in range(20)]
    assert sum(item.passed for item in found) <= 3
    refused = next(item for item in found if not item.passed)
    assert refused.estimate == refused.people_alone
    assert refused.weight == refused.saved == 0


def test_one_assessor_or_no_other_tasks_leave_people_alone() -> None:
    assert drawn(0, 0.05, panel=1).estimate.undefined is Reason.ONE_ASSESSOR
    few = drawn(0, 0.05, n=20)
    assert (few.passed, few.estimate) == (False, few.people_alone)
    lone = prediction_powered([1, 0, 1], [0, 1, 2], [0, 1, 0], [1, 0, 1], [])
    assert lone.estimate.value == pytest.approx(2 / 3)
    assert not lone.passed
