from hypothesis import given
from hypothesis import strategies as st

from apps.assessment.domain.verdicts import (
    SHOWN,
    SHOWN_RATINGS,
    rating_meant,
    rating_shown,
    verdict_meant,
    verdict_shown,
)
from apps.assessment.models import Verdict


@given(st.sampled_from(SHOWN), st.booleans())
def test_what_is_shown_and_what_is_meant_go_both_ways(shown: str, a_on_left: bool) -> None:
    meant = verdict_meant(shown, a_on_left=a_on_left)
    assert meant in Verdict.values
    assert verdict_shown(meant, a_on_left=a_on_left) == shown


@given(st.sampled_from(list(SHOWN_RATINGS)), st.booleans())
def test_ratings_go_both_ways(shown: str, a_on_left: bool) -> None:
    assert rating_shown(rating_meant(shown, a_on_left=a_on_left), a_on_left=a_on_left) == shown


def test_the_left_answer_is_a_only_when_a_stands_on_the_left() -> None:
    assert verdict_meant("left_much", a_on_left=True) == "a_much"
    assert verdict_meant("left_much", a_on_left=False) == "b_much"
    assert rating_meant("right", a_on_left=False) == 1
    assert {verdict_meant(shown, a_on_left=side) for shown in ("tie", "both_bad") for side in (True, False)} == {
        "tie",
        "both_bad",
    }
