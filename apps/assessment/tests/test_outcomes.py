from dataclasses import replace

import pytest

from apps.assessment.domain.criteria import Condition, CriterionSpec
from apps.assessment.domain.marks import MarkInput
from apps.assessment.domain.outcomes import Outcome, asked, contradicts, in_shown_order, outcomes, wrong_fields
from apps.assessment.domain.sets import SETS
from apps.assessment.domain.verdicts import JudgmentInput

STANDARD = SETS["standard"].criteria
RATINGS = dict.fromkeys(["grammar", "readability", "comprehensiveness", "relevance"], "left")
FORM = JudgmentInput("left", RATINGS, faults=("none", "none"))
INVENTED = MarkInput(answer=1, kind="count", severity="major")
COURTESY = CriterionSpec("courtesy", "absolute", points=5, only_if=Condition("verdict", ("tie",)))


def test_a_mark_decides_its_criterion_against_the_answer_and_none_seen_is_not_the_same_as_not_looked() -> None:
    marked = replace(FORM, faults=("marked", "none"), marks=(INVENTED, INVENTED))
    assert wrong_fields(STANDARD, marked) == []
    found = outcomes(STANDARD, marked)
    assert found["grammar"] == Outcome(1)
    assert found["hallucinations"] == Outcome(-1, 2, 0)
    assert found["errors"] == Outcome(0, 0, 0)
    optional = [replace(spec, required=False) for spec in STANDARD]
    half = replace(FORM, faults=("none", ""))
    assert wrong_fields(optional, half) == []
    assert outcomes(optional, half)["errors"] == Outcome(None, 0, None)
    assert "errors" not in outcomes(optional, replace(FORM, faults=("", "")))


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (replace(FORM, verdict="a"), ["verdict"]),
        (replace(FORM, ratings={**RATINGS, "charm": "left"}), ["charm"]),
        (replace(FORM, ratings={**RATINGS, "grammar": "best"}), ["grammar"]),
        (replace(FORM, faults=("none", "")), ["faults_2"]),
        (replace(FORM, faults=("marked", "none")), ["faults_1"]),
        (replace(FORM, marks=(INVENTED,)), ["faults_1"]),
    ],
)
def test_what_is_missing_or_cannot_be_is_named(form: JudgmentInput, wrong: list[str]) -> None:
    assert wrong_fields(STANDARD, form) == wrong


def test_marks_where_nothing_is_marked_are_refused() -> None:
    form = JudgmentInput("left", {**RATINGS, "errors": "same", "hallucinations": "same"})
    assert wrong_fields(SETS["comparative"].criteria, form) == []
    assert wrong_fields(SETS["comparative"].criteria, replace(form, marks=(INVENTED,))) == ["marks"]


def test_a_criterion_is_asked_and_required_only_under_its_condition() -> None:
    after = CriterionSpec("reason", only_if=Condition("courtesy", ("same",)))  # a scale has no such value
    deep = CriterionSpec("depth", only_if=Condition("hallucinations", ("some",)))
    criteria = [*STANDARD, COURTESY, after, deep]
    assert asked(criteria, FORM) == list(STANDARD)
    assert wrong_fields(criteria, replace(FORM, scores={"courtesy": (1, 9)})) == []
    tie = replace(FORM, verdict="tie", faults=("marked", "none"), marks=(INVENTED,))
    assert wrong_fields(criteria, tie) == ["courtesy_1", "courtesy_2", "depth"]
    scored = replace(tie, scores={"courtesy": (4, 9)}, ratings={**RATINGS, "depth": "same"})
    assert wrong_fields(criteria, scored) == ["courtesy_2"]
    assert outcomes(criteria, replace(scored, scores={"courtesy": (2, 5)}))["courtesy"] == Outcome(-1, 2, 5)


def test_a_verdict_against_everything_said_is_a_contradiction() -> None:
    found = outcomes(STANDARD, FORM)
    assert contradicts("right", found)
    assert contradicts("right_much", found)
    assert not any(contradicts(verdict, found) for verdict in ("left", "left_much", "tie", "both_bad"))
    assert not contradicts("right", found | {"errors": Outcome(-1)})
    assert not contradicts("right", {"grammar": Outcome(1), "relevance": Outcome(0)})


def test_the_order_is_drawn_for_an_assessor_or_a_comparison_and_stays() -> None:
    keys = [spec.key for spec in STANDARD]
    drawn = {who: in_shown_order(keys, "assessor", seed=3, assessor=who, comparison=who * 7) for who in range(30)}
    assert drawn[4] == in_shown_order(keys, "assessor", seed=3, assessor=4, comparison=99)
    assert {tuple(sorted(order)) for order in drawn.values()} == {tuple(sorted(keys))}
    assert len({tuple(order) for order in drawn.values()}) > 20
    assert in_shown_order(keys, "fixed", seed=3, assessor=4, comparison=5) == keys
