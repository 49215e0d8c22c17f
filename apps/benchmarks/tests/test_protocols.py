import pytest

from apps.benchmarks.domain.vqa_words import normalise
from apps.benchmarks.protocols import Item, UnknownProtocol, by_name, find_protocol, protocols

EXACT, VQA = find_protocol("exact_match@1"), find_protocol("vqa_v2_official@1")


def item(*references: str) -> Item:
    return Item("q", references)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("couldntve", "couldntve"), ("couldn'tve", "couldn't've"), ("y'alld've", "y'all'd've"), ("twas", "'twas")],
)
def test_vqa_contractions_lack_one_apostrophe_and_no_more(word: str, expected: str) -> None:
    assert normalise(word) == expected


def test_vqa_accuracy_wants_ten_references() -> None:
    assert VQA.refusal(item(*["yes"] * 10)) is None
    assert "9" in str(VQA.refusal(item(*["yes"] * 9)))


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
    assert EXACT.mark(text, item(*references)).scores["accuracy"] == value


def test_nothing_said_is_told_apart_from_something_wrong() -> None:
    assert EXACT.mark(None, item("x")).outcome == "failed"
    assert EXACT.mark(" ... ", item("x")).outcome == "unparsed"
    assert EXACT.mark("y", item("x")).outcome == "scored"


@pytest.mark.parametrize("references", [[], [""], ["circle", "?!"]])
def test_exact_match_refuses_references_that_say_nothing(references: list[str]) -> None:
    assert EXACT.refusal(item(*references))
    assert EXACT.refusal(item("circle")) is None


def test_protocols_are_found_by_name_and_version() -> None:
    assert {"exact_match@1", "vqa_v2_official@1"} <= protocols().keys()
    assert find_protocol("exact_match@1") is EXACT
    with pytest.raises(UnknownProtocol):
        find_protocol("exact_match@99")
    with pytest.raises(ValueError, match="exact_match@1"):
        by_name([EXACT, EXACT])
