"""A judge's word over both orders, and itself beside people."""

import pytest

from apps.judges.domain.combining import Said, by_scores, combine
from apps.judges.domain.figures import Judged, Vote, figures


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("a", "a_much", Said(1, "a")),
        ("b", "a", Said(0, "neither", flipped=True)),
        ("a", "tie", Said(0.5, "neither")),
        ("both_bad", "b", Said(-0.5, "neither")),
        ("tie", "both_bad", Said(0, "neither")),
    ],
)
def test_a_win_needs_both_orders(first: str, second: str, said: Said) -> None:
    assert combine({"a_first": first, "b_first": second}) == said


def test_one_order_alone_says_nothing_of_a_model_judge() -> None:
    assert combine({"a_first": "a"}) is None
    assert combine({"none": "b_much"}) == Said(-1, "b")


def test_a_difference_up_to_the_margin_is_a_tie() -> None:
    assert [by_scores(a, 0.3, 0.3) for a in (0.6, 0.9, 0.0)] == ["tie", "a", "tie"]
    assert by_scores(0.9, 0.6, 0.3) == "tie"  # whatever floats make of the difference
    assert by_scores(0, 1, 0) == "b"


def one(key: int, preference: int, *, longer: str = "", first: tuple[bool, ...] = ()) -> Judged:
    verdict = {1: "a", 0: "neither", -1: "b"}[preference]
    return Judged(key, Said(preference, verdict, flipped=len(set(first)) == 1 and len(first) == 2), longer, first)  # type: ignore[arg-type]


def test_a_judge_beside_people() -> None:
    """Four comparisons: the judge is with both assessors twice, with one once, and nobody judged the fourth."""
    judged = [
        one(1, 1, longer="a", first=(True, False)),
        one(2, -1, longer="b", first=(True, False)),
        one(3, 0, longer="a", first=(True, True)),
        one(4, 1, longer="b", first=(True, False)),
    ]
    votes = [Vote(1, "x", "a_much"), Vote(1, "y", "a"), Vote(2, "x", "b"), Vote(2, "y", "b")]
    votes += [Vote(3, "x", "both_bad"), Vote(3, "y", "a", a_first=False), Vote(9, "x", "a")]
    found = figures(judged, votes)
    assert (found.judged, found.shared) == (4, 3)
    assert found.win_rate.value == pytest.approx(2.5 / 4)
    assert found.shared_win_rate.value == pytest.approx(1.5 / 3)
    assert found.people_win_rate.value == pytest.approx((1 + 0 + 0.75) / 3)
    assert found.with_one.value == pytest.approx(2.5 / 3)
    assert found.people.value == pytest.approx(2 / 3)
    assert found.majority.value == pytest.approx(2 / 3)  # the majority of the third is A
    assert found.ac1.value == pytest.approx((2 / 3 - 22 / 72) / (1 - 22 / 72))
    assert found.kappa == pytest.approx(0.5)
    assert found.first.value == pytest.approx(5 / 8)
    assert found.people_first.value == pytest.approx((1 + 0 + 0) / 3)
    assert (found.flips, found.flip_rate) == (1, 0.25)
    assert found.longer.value == pytest.approx(2 / 3)
    assert found.shared_longer.value == pytest.approx(1)  # the fourth, which nobody else judged, went to the shorter
    assert found.people_longer.value == pytest.approx(1)


def test_with_nothing_judged_there_are_no_numbers_and_no_error() -> None:
    found = figures([], [Vote(1, "x", "a")])
    assert [found.win_rate.value, found.with_one.value, found.ac1.value, found.kappa, found.flip_rate] == [None] * 5
