"""From what an assessor sees (left, right) to what it means (A, B) and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.assessment.domain.attention import UNSAID, Attention
from apps.assessment.domain.marks import MarkInput

A_LEFT = {
    "left_much": "a_much",
    "left": "a",
    "tie": "tie",
    "right": "b",
    "right_much": "b_much",
    "both_bad": "both_bad",
}
A_RIGHT = {
    "left_much": "b_much",
    "left": "b",
    "tie": "tie",
    "right": "a",
    "right_much": "a_much",
    "both_bad": "both_bad",
}
PREFERS_A, PREFERS_B, NEITHER = ("a", "a_much"), ("b", "b_much"), ("tie", "both_bad")
LEANINGS = ("a", "neither", "b")
SHOWN = tuple(A_LEFT)
SHOWN_RATINGS = {"left": 1, "same": 0, "right": -1}
FAULTS = ("none", "marked")


@dataclass(frozen=True)
class JudgmentInput:
    """A judgment in the assessor's terms: `verdict` is one of `SHOWN`, `ratings` go by criterion key into `left`,
    `same` or `right` (whichever answer is better), `scores` into points of the left and the right answer. `faults` say
    of each answer that nothing wrong was seen (`none`), that it is `marked`, or nothing: it was not looked at.
    `contradiction_kept`: the page asked whether the verdict is meant, and it is."""

    verdict: str
    ratings: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    scores: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    faults: tuple[str, str] = ("", "")
    marks: tuple[MarkInput, ...] = ()
    contradiction_kept: bool = False
    flagged: bool = False
    attention: Attention = UNSAID


def verdict_meant(shown: str, *, a_on_left: bool) -> str:
    return (A_LEFT if a_on_left else A_RIGHT)[shown]


def verdict_shown(meant: str, *, a_on_left: bool) -> str:
    names = A_LEFT if a_on_left else A_RIGHT
    return next(shown for shown, name in names.items() if name == meant)


def leaning(meant: str) -> str:
    """One of LEANINGS: which answer a verdict prefers, however much."""
    return "a" if meant in PREFERS_A else "b" if meant in PREFERS_B else "neither"


def rating_meant(shown: str, *, a_on_left: bool) -> int:
    """+1 when A is better, 0 when they are the same, -1 when B is better."""
    value = SHOWN_RATINGS[shown]
    return value if a_on_left else -value


def rating_shown(meant: int, *, a_on_left: bool) -> str:
    value = meant if a_on_left else -meant
    return next(shown for shown, number in SHOWN_RATINGS.items() if number == value)
