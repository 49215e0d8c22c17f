"""Expected values: the test vectors of GrowthBook's libraries; Kohavi, Tang and Xu 2020, chapter 21."""

import pytest

from apps.splits.domain.hashing import hash_v2
from apps.splits.domain.ranges import arm_at, bucket_ranges
from apps.splits.domain.srm import srm_p_value


@pytest.mark.parametrize(
    ("seed", "value", "place"),
    [
        ("seed", "a", 0.0505),
        ("seed", "b", 0.2696),
        ("foo", "ab", 0.2575),
        ("foo", "def", 0.2019),
        ("89123klj", "8952klfjas09ujkasdf", 0.124),
        ("90850943850283058242805", "123", 0.7516),
        ("()**(%$##$%#$#", '___)((*":&', 0.0128),
    ],
)
def test_places_agree_with_growthbook(seed: str, value: str, place: float) -> None:
    assert hash_v2(seed, value) == place


@pytest.mark.parametrize(
    ("coverage", "weights", "ranges"),
    [
        (1, [0.5, 0.5], [0, 0.5, 0.5, 1]),
        (0.5, [0.5, 0.5], [0, 0.25, 0.5, 0.75]),
        (1, [0.25] * 4, [0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1]),
    ],
)
def test_ranges_agree_with_growthbook(coverage: float, weights: list[float], ranges: list[float]) -> None:
    assert [end for pair in bucket_ranges(coverage, weights) for end in pair] == pytest.approx(ranges)


@pytest.mark.parametrize(
    ("coverage", "weights"), [(0, [0.5, 0.5]), (1.1, [0.5, 0.5]), (1, [0.5, 0.4]), (1, [1.2, -0.2]), (1, [])]
)
def test_shares_that_do_not_add_up_are_refused(coverage: float, weights: list[float]) -> None:
    with pytest.raises(ValueError, match=r"coverage|weights"):
        bucket_ranges(coverage, weights)


def test_a_place_belongs_to_the_arm_that_starts_there_or_to_none() -> None:
    ranges = bucket_ranges(0.5, [0.5, 0.5])
    assert [arm_at(place, ranges) for place in (0.0, 0.25, 0.5, 0.75, 0.9999)] == [0, None, 1, None, None]


def test_more_coverage_moves_nobody_to_another_arm() -> None:
    few, many = bucket_ranges(0.2, [0.3, 0.7]), bucket_ranges(0.9, [0.3, 0.7])
    moved = [k for k in range(10_000) if arm_at(k / 10_000, few) not in (None, arm_at(k / 10_000, many))]
    assert moved == []


@pytest.mark.parametrize(
    ("counts", "p_value"), [([821588, 815482], 1.82179e-06), ([600, 500], 0.00256883), ([1000, 1100], 0.0290963)]
)
def test_sample_ratio_mismatch_agrees_with_the_book(counts: list[int], p_value: float) -> None:
    assert srm_p_value(counts, [0.5, 0.5]) == pytest.approx(p_value, rel=1e-4)


def test_sample_ratio_says_nothing_about_a_handful() -> None:
    assert srm_p_value([9, 0], [0.5, 0.5]) is None
    assert srm_p_value([10, 0], [0.5, 0.5]) == pytest.approx(0.0015654, rel=1e-4)
    assert srm_p_value([300, 700], [0.29, 0.7]) is not None
