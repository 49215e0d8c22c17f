import json
from pathlib import Path

import pytest

from apps.benchmarks.protocols import UnknownProtocol, by_name, find_protocol, protocols
from apps.benchmarks.protocols.exact_match import PROTOCOL as EXACT
from apps.benchmarks.protocols.vqa_v2_official import PROTOCOL as VQA
from apps.benchmarks.protocols.vqa_v2_official import normalise

GOLDEN = json.loads((Path(__file__).parent / "data" / "vqa_v2.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", GOLDEN["questions"], ids=lambda case: case["note"])
def test_vqa_accuracy_equals_the_official_one(case: dict[str, object]) -> None:
    mark = VQA.mark(str(case["answer"]), [str(each) for each in case["references"]])  # type: ignore[attr-defined]
    assert round(100 * mark.value, 2) == case["percent"]


def test_vqa_accuracy_equals_the_official_one_overall() -> None:
    values = [VQA.mark(case["answer"], case["references"]).value for case in GOLDEN["questions"]]
    assert round(100 * sum(values) / len(values), 2) == GOLDEN["overall_percent"]


@pytest.mark.parametrize(("text", "expected"), GOLDEN["normalised"])
def test_vqa_normalisation_equals_the_official_one(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("couldntve", "couldntve"), ("couldn'tve", "couldn't've"), ("y'alld've", "y'all'd've"), ("twas", "'twas")],
)
def test_vqa_contractions_lack_one_apostrophe_and_no_more(word: str, expected: str) -> None:
    assert normalise(word) == expected


def test_vqa_accuracy_wants_ten_references() -> None:
    assert VQA.refusal(["yes"] * 10) is None
    assert "9" in str(VQA.refusal(["yes"] * 9))


@pytest.mark.parametrize(
    ("text", "references", "value"),
    [
        ("  A «Red»   bus. ", ["a «red» bus"], 1.0),
        ("Красный.", ["красный"], 1.0),
        ("№ 5", ["No 5"], 1.0),
        ("circle", ["square", "Circle"], 1.0),
        ("a circle", ["circle"], 0.0),
        ("2.5", ["25"], 0.0),
    ],
)
def test_exact_match_forgives_form_only(text: str, references: list[str], value: float) -> None:
    assert EXACT.mark(text, references).value == value


def test_nothing_said_is_told_apart_from_something_wrong() -> None:
    assert EXACT.mark(None, ["x"]).outcome == "failed"
    assert EXACT.mark(" ... ", ["x"]).outcome == "unparsed"
    assert EXACT.mark("y", ["x"]).outcome == "scored"


@pytest.mark.parametrize("references", [[], [""], ["circle", "?!"]])
def test_exact_match_refuses_references_that_say_nothing(references: list[str]) -> None:
    assert EXACT.refusal(references)
    assert EXACT.refusal(["circle"]) is None


def test_protocols_are_found_by_name_and_version() -> None:
    assert {"exact_match@1", "vqa_v2_official@1"} <= protocols().keys()
    assert find_protocol("exact_match@1") is EXACT
    with pytest.raises(UnknownProtocol):
        find_protocol("exact_match@99")
    with pytest.raises(ValueError, match="exact_match@1"):
        by_name([EXACT, EXACT])
