"""Doubt, pace and the draw of checks, as pure rules."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessment.domain.policies import (
    check_due,
    leader_probability,
    lease_length,
    stage,
    wants_another,
    with_checks,
)

MIX = {"gold": 10, "control": 5, "retest": 5}
verdicts = st.lists(st.sampled_from(["a_much", "a", "tie", "b", "b_much", "both_bad"]), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("counts", "probability"),
    [((0, 0, 0), 1 / 3), ((2, 0, 0), 85 / 108), ((1, 1, 0), None), ((3, 1, 0), None)],
)
def test_the_probability_that_the_leader_leads_is_that_of_the_posterior(
    counts: tuple[int, int, int], probability: float | None
) -> None:
    """Against fractions worked out by hand where they are simple, and always against draws of the Dirichlet."""
    shares = np.random.default_rng(1).dirichlet(np.add(counts, 1), 40_000)
    drawn = (shares.argmax(axis=1) == 0).mean()
    assert leader_probability(*counts) == pytest.approx(drawn, abs=0.012)
    if probability:
        assert leader_probability(*counts) == pytest.approx(probability)


def test_two_who_agree_are_enough_and_doubt_ends_at_the_most() -> None:
    asked = {said: wants_another(said.split(), most=5) for said in ("a a_much", "a tie", "tie both_bad", "a b")}
    assert asked == {"a a_much": False, "a tie": True, "tie both_bad": False, "a b": True}
    assert wants_another(["a", "a", "b"], most=5)
    assert not wants_another(["a", "a", "b", "a"], most=5)
    assert wants_another(["a", "a", "b", "b"], most=5)
    assert not wants_another(["a", "a", "b", "b", "tie"], most=5)
    assert not wants_another(["a", "b"], most=None)


@given(verdicts)
def test_doubt_does_not_depend_on_order_or_on_the_names_of_the_sides(said: list[str]) -> None:
    mirrored = [{"a": "b", "a_much": "b_much", "b": "a", "b_much": "a_much"}.get(verdict, verdict) for verdict in said]
    asked = wants_another(said, most=6)
    assert wants_another(mirrored, most=6) == asked
    assert {wants_another(order, most=6) for order in list(permutations(said))[:24]} == {asked}


def test_a_lease_follows_the_pace_within_limits() -> None:
    most = timedelta(minutes=30)
    assert lease_length(None, most=most) == most
    assert lease_length(10, most=most) == timedelta(minutes=5)
    assert lease_length(120, most=most) == timedelta(minutes=8)
    assert lease_length(3000, most=most) == most


def test_checks_come_at_their_rate_never_first_and_tell_nothing_of_the_next() -> None:
    drawn = [check_due(n, **MIX, seed="7/3") for n in range(20_000)]
    shares = Counter(drawn)
    assert shares["gold"] / 20_000 == pytest.approx(0.10, abs=0.01)
    assert (shares["control"] + shares["retest"]) / 20_000 == pytest.approx(0.10, abs=0.01)
    after_gold = [later for one, later in pairwise(drawn) if one == "gold"]
    assert after_gold.count("gold") / len(after_gold) == pytest.approx(0.10, abs=0.03)
    assert {check_due(0, gold=50, control=0, retest=0, seed=str(seed)) for seed in range(50)} == {None}


@given(st.integers(0, 60), st.integers(0, 40), st.text(max_size=5))
def test_the_number_left_goes_down_by_one_whatever_was_judged(left: int, nth: int, seed: str) -> None:
    shown = with_checks(left, nth, **MIX, seed=seed)
    if shown:
        is_check = check_due(nth, **MIX, seed=seed) is not None
        assert with_checks(left if is_check else left - 1, nth + 1, **MIX, seed=seed) == shown - 1


def test_training_comes_before_the_exam_and_the_exam_before_work() -> None:
    size = {"training": 2, "exam": 4, "pass_percent": 75}
    walk = [(1, 0, 0, 0), (2, 3, 3, 3), (2, 4, 3, 3), (2, 4, 4, 3), (2, 4, 4, 2)]
    stages = [
        stage(trained=trained, given=given, examined=done, right=right, **size) for trained, given, done, right in walk
    ]
    assert stages == ["training", "exam", "wait", "work", "failed"]
    assert stage(trained=0, given=0, examined=0, right=0, training=0, exam=0, pass_percent=80) == "work"
