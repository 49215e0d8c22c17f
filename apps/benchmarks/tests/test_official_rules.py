"""Oddities of official code that its published examples do not show, each read off the code that the protocol names."""

from collections.abc import Mapping
from typing import Any

import pytest

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.protocols import find_protocol
from apps.benchmarks.protocols.amber_discriminative import official_metrics

TEN = {letter: f"text {letter}" for letter in "ABCDEFGHIJ"}
FOUR = {letter: TEN[letter] for letter in "ABCD"}
NUMBERS = {"A": "12", "B": "3", "C": "456"}


def item(*references: str, choices: Mapping[str, str] | None = None, category: str = "", **facts: object) -> Item:
    return Item("q", references, choices or {}, "picture", category, facts)


@pytest.mark.parametrize(
    ("protocol", "asked", "text", "parsed", "score"),
    [
        ("scienceqa_llava@1", item("B", choices=FOUR), "1. The answer is B.", "B", 1),
        ("scienceqa_llava@1", item("B", choices=FOUR), "B. text", "B", 1),
        ("mmmu_pro_official@1", item("C", choices=TEN), "Answer: A? No.\nAnswer: C", "C", 1),
        ("mmmu_pro_official@1", item("C", choices=TEN), "Answer: A or C", "C", 1),
        ("mmmu_pro_official@1", item("C", choices=TEN), "(A) is wrong, (C) is right", "C", 1),
        ("mmmu_pro_official@1", item("C", choices=TEN), "I choose C.\n", "I", 0),
        ("mmmu_pro_official@1", item("C", choices=TEN), "we take C. as it is", "C", 1),
        ("mmmu_pro_official@1", item("C", choices=TEN), "it must be what is named text c here", "C", 1),
        ("mathvista@1", item("3", choices=NUMBERS, question_type="multi_choice"), "", "3", 1),
        ("mathvista@1", item("12", choices=NUMBERS, question_type="multi_choice"), "(a)", "12", 1),
        ("anls_official@1", item("ßß"), "ßs", "ßs", 0.75),
        ("anls_strict@1", item("ßß"), "ßs", "ßs", 0.5),
    ],
)
def test_answers_are_read_as_the_script_does(protocol: str, asked: Item, text: str, parsed: Any, score: float) -> None:
    found = find_protocol(protocol)
    mark = found.mark(text, asked)
    assert (mark.parsed, found.value(mark)) == (parsed, score)


def test_pope_of_llava_1_5_has_the_published_figures() -> None:
    """LLaVA issue 626: 7B on the random split of 2,910 questions."""
    cells = {("yes", "yes"): 1183, ("no", "yes"): 31, ("no", "no"): 1379, ("yes", "no"): 317}
    pairs = [pair for pair, times in cells.items() for _ in range(times)]
    items = [Item(str(place), [truth]) for place, (truth, _said) in enumerate(pairs)]
    protocol = find_protocol("pope_official@1")
    marks = protocol.mark_all(items, [said.title() for _truth, said in pairs])
    metrics = protocol.metrics([Row(*each) for each in zip(items, marks, strict=True)])
    published = {"accuracy": 0.88041237, "precision": 0.97446458, "recall": 0.78866667, "f1": 0.87177598}
    assert {name: metrics[name].value for name in published} == pytest.approx(published, abs=1e-8)


def test_amber_s_attributes_are_divided_by_three_starts() -> None:
    asked = item("no", category="discriminative-attribute-state")
    rows = [Row(asked, find_protocol("amber_discriminative_official@1").mark("No", asked))]
    values = [official_metrics(rows, prefix)["recall"].value for prefix in ("", "attribute.")]
    assert values == pytest.approx([0.999, 0.997])


def test_a_pair_that_was_not_understood_is_one() -> None:
    protocol = find_protocol("mme_official@1")
    items = [Item(str(place), ["yes"], group=str(place // 2), category="count") for place in range(4)]
    marks = protocol.mark_all(items, ["Maybe", "Maybe", "Yes", "Yes"])
    both = protocol.metrics([Row(*each) for each in zip(items, marks, strict=True)])["accuracy_plus"]
    assert (both.value, both.n, both.n_unparsed) == (0.5, 2, 1)
