import numpy as np
import pytest

from apps.statistics.clustered import win_rate
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


def test_a_biased_judge_shifts_nothing() -> None:
    """It calls every answer of A better by .3 than it is, and .2 more where it is sure."""
    held, values = 0, []
    for seed in range(120):
        rng = np.random.default_rng(seed)
        truth = rng.random(720)
        judge, tasks = np.clip(1.2 * truth + 0.3, 0, 1), np.repeat(np.arange(120), 2)
        people = rng.random((120, 20)).argsort(axis=1)[:, :2].ravel()
        scores = (rng.random(240) < np.clip(truth[tasks] + rng.normal(0, 0.1, 20)[people], 0, 1)).astype(float)
        found = prediction_powered(scores, tasks, people, judge[tasks], judge[120:])
        assert found.passed
        held += (found.estimate.low or 0) <= 0.5 <= (found.estimate.high or 0)
        values.append(found.estimate.value or 0)
    assert 109 <= held <= 120
    assert np.mean(values) == pytest.approx(0.5, abs=0.015)


def test_people_alone_are_the_headline_and_numbers_are_asked_for() -> None:
    rng, tasks = np.random.default_rng(0), np.repeat(np.arange(40), 2)
    truth = rng.random(40)
    scores = (rng.random(80) < truth[tasks]).astype(float)
    found = prediction_powered(scores, tasks, np.arange(80) % 9, truth[tasks], [0.4, 0.6])
    assert found.people_alone == win_rate(scores, tasks, np.arange(80) % 9)
    sure = prediction_powered(np.r_[np.ones(79), 0], tasks, np.arange(80) % 9, np.r_[np.ones(78), 0, 0], np.ones(50))
    assert sure.passed
    assert 0.85 < (sure.estimate.low or 0) < (sure.estimate.value or 0) <= (sure.estimate.high or 0) <= 1
    for judged, alone in ((np.full(80, np.nan), [0.5]), (truth[tasks], [np.nan, 0.5])):
        with pytest.raises(ValueError, match="finite"):
            prediction_powered(scores, tasks, np.arange(80) % 9, judged, alone)


def test_one_assessor_or_no_other_tasks_leave_people_alone() -> None:
    assert drawn(0, 0.05, panel=1).estimate.undefined is Reason.ONE_ASSESSOR
    few = drawn(0, 0.05, n=20)
    assert (few.passed, few.estimate) == (False, few.people_alone)
    lone = prediction_powered([1, 0, 1], [0, 1, 2], [0, 1, 0], [1, 0, 1], [])
    assert lone.estimate.value == pytest.approx(2 / 3)
    assert not lone.passed
