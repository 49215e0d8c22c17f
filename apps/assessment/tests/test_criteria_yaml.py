import pytest

from apps.assessment.domain.criteria import Condition
from apps.assessment.domain.criteria_yaml import SetInvalid, read_set
from apps.assessment.domain.sets import OWN_WORDS, SETS

OWN = """\
order: assessor
criteria:
  - key: grammar
  - key: courtesy
    kind: absolute
    name: Courtesy
    question: How polite is the answer?
    scale: {points: 5, low: rude, high: polite}
    only_if: {grammar: [same]}
    required: false
  - key: errors
    kind: marks
    marks: [fact, logic]
"""


def test_a_set_of_ones_own_is_read() -> None:
    found = read_set(OWN, known=OWN_WORDS)
    assert (found.key, found.order) == ("custom", "assessor")
    grammar, courtesy, errors = found.criteria
    assert (grammar.kind, grammar.required, courtesy.required) == ("comparative", True, False)
    assert (courtesy.points, courtesy.low, courtesy.only_if) == (5, "rude", Condition("grammar", ("same",)))
    assert errors.mark_kinds == ("fact", "logic")


def test_the_shipped_sets_ask_for_marks_or_for_comparisons_alone() -> None:
    assert {key: {spec.kind for spec in found.criteria} for key, found in SETS.items()} == {
        "standard": {"comparative", "marks"},
        "comparative": {"comparative"},
    }


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: absolute", "kind: relative", (5, "criteria.2.kind", "one_of")),
        ("points: 5", "points: 1", (8, "criteria.2.scale.points", "shape")),
        ("  - key: grammar", "  - keys: grammar", (3, "criteria.1.key", "missing")),
        ("  - key: grammar", "  - key: Grammar!", (3, "criteria.1.key", "letters")),
        ("  - key: grammar", "  - key: errors", (3, "criteria.1.key", "twice")),
        ("  - key: grammar", "  - key: comment", (3, "criteria.1.key", "reserved")),
        ("    name: Courtesy\n", "", (4, "criteria.2", "nameless")),
        ("    kind: absolute\n", "", (7, "criteria.2.scale", "scale")),
        ("    kind: marks\n", "", (12, "criteria.3.marks", "marks")),
        ("{grammar: [same]}", "{errors: [some]}", (9, "criteria.2.only_if", "depends")),
        ("{grammar: [same]}", "{grammar: [left]}", (9, "criteria.2.only_if.grammar", "values")),
        ("[fact, logic]", "[fact, fact]", (13, "criteria.3.marks", "kind_twice")),
        ("kind: absolute", "kind: ab: c", (5, "", "not_yaml")),
        ("order: assessor", "order: &a x\nb: *a", (2, "", "alias")),
        ("name: Courtesy", 'name: "a\\0b"', (6, "criteria.2.name", "letters")),
        ("name: Courtesy", 'name: "\\ud800"', (6, "criteria.2.name", "shape")),
    ],
)
def test_a_mistake_is_named_with_its_line_and_key(old: str, new: str, problem: tuple[int, str, str]) -> None:
    with pytest.raises(SetInvalid) as refusal:
        read_set(OWN.replace(old, new, 1), known=OWN_WORDS)
    found = [(item.line, item.where, item.reason) for item in refusal.value.problems]
    assert problem in found
