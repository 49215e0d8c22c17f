"""Traces as stories, and two of them beside each other."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.generation.domain.alignment import aligned, differences
from apps.generation.domain.trace import Tag, readable_steps

pytestmark = pytest.mark.slow

DOC = {"id": "d1", "title": "Zoo", "text": "Opened in 1864.", "source": "https://zoo.example", "score": 3.5}


def steps(*kinds: str) -> list[Any]:
    return readable_steps([{"step": f"{kind}_{place}", "uses": kind} for place, kind in enumerate(kinds)])


def test_documents_and_tags_are_told_from_texts() -> None:
    output = {"tags": "dome, gold", "scores": "dome 0.93, gold leaf 0.81", "card": [DOC], "text": "SALE 0.5"}
    [step] = readable_steps([{"uses": "visual_search", "input": {"docs": [DOC]}, "output": output}])
    parts = {part.name: part for part in step.outputs}
    assert list(parts) == ["scores", "card", "text"]
    assert parts["scores"].tags == (Tag("dome", 0.93), Tag("gold leaf", 0.81))
    assert (parts["card"].docs[0].link, parts["card"].docs[0].score) == ("https://zoo.example", 3.5)
    assert parts["text"].kind == "text"
    assert step.given == parts["card"].docs


def test_what_is_empty_doubled_or_a_number_does_not_stand_in_the_way() -> None:
    output = {"query": "zoo 1864", "written": "zoo 1864", "docs": [], "text": " ", "left_out": 2}
    [step] = readable_steps([{"uses": "rephrase", "output": output}])
    assert [part.name for part in step.told] == ["query"]
    assert ([part.name for part in step.numbers], step.empty) == (["left_out"], ["docs", "text"])


@pytest.mark.parametrize("source", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "a book"])
def test_only_an_address_on_the_web_becomes_a_link(source: str) -> None:
    [step] = readable_steps([{"output": {"docs": [{**DOC, "source": source}]}}])
    assert (step.outputs[0].docs[0].link, step.outputs[0].docs[0].source) == ("", source)


def test_steps_that_do_the_same_work_stand_beside_each_other() -> None:
    old = steps("visual_search", "rephrase", "text_search", "infocontext", "generate")
    new = steps("visual_search", "rephrase", "caption", "text_search", "infocontext", "generate")
    pairs = [(p.left.step.uses if p.left else "", p.right.step.uses if p.right else "") for p in aligned(old, new)]
    assert pairs == [
        ("visual_search", "visual_search"),
        ("rephrase", "rephrase"),
        ("", "caption"),
        ("text_search", "text_search"),
        ("infocontext", "infocontext"),
        ("generate", "generate"),
    ]


def test_the_steps_that_write_the_answer_belong_together() -> None:
    [*alone, last] = aligned(steps("ocr", "generate"), steps("direct"))
    assert [pair.right for pair in alone] == [None]
    assert last.left is not None
    assert last.right is not None
    assert (last.left.step.uses, last.right.step.uses) == ("generate", "direct")


KINDS = st.lists(st.sampled_from(["ocr", "caption", "generate", "direct"]), max_size=6)


@given(KINDS, KINDS)
def test_every_step_stands_once_and_in_order(left: list[str], right: list[str]) -> None:
    pairs = aligned(steps(*left), steps(*right))
    assert [pair.left.step.uses for pair in pairs if pair.left] == left
    assert [pair.right.step.uses for pair in pairs if pair.right] == right


@given(st.text(max_size=60), st.text(max_size=60))
def test_marked_texts_are_whole(left: str, right: str) -> None:
    ours, theirs = differences(left, right)
    assert ("".join(p.text for p in ours), "".join(p.text for p in theirs)) == (left, right)
    common = ["".join(piece.text for piece in side if not piece.is_own) for side in (ours, theirs)]
    assert common[0] == common[1]
    assert (left == right) == (not any(piece.is_own for piece in [*ours, *theirs]))


def test_what_differs_is_marked_word_by_word() -> None:
    ours, theirs = differences("The zoo opened in 1864.", "The zoo opened in 1920.")
    assert [piece.text for piece in ours if piece.is_own] == ["1864"]
    assert [piece.text for piece in theirs if piece.is_own] == ["1920"]


def test_long_texts_are_compared_line_by_line_and_endless_ones_as_a_whole() -> None:
    lines = "".join(f"line {number} of many words and more\n" for number in range(400))
    ours, _ = differences(lines, lines.replace("line 7 ", "line seven "))
    assert [piece.text for piece in ours if piece.is_own] == ["line 7 of many words and more\n"]
    assert len(differences("a\n" * 9000, "b\n" * 9000)[0]) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("the " * 700, "the cat " * 350),
        ("a a\n" * 700, "a a\nb\n" * 350),
        ("".join(f"x a{n} " for n in range(170)), "".join(f"x b{n} " for n in range(170))),
    ],
)
def test_a_model_that_repeats_itself_does_not_hold_up_the_page(left: str, right: str) -> None:
    began = time.process_time()
    ours, theirs = differences(left, right)
    assert time.process_time() - began < 5
    assert ("".join(p.text for p in ours), "".join(p.text for p in theirs)) == (left, right)


def test_what_both_sides_have_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def told(left: str, right: str) -> Any:
        asked.append((left, right))
        return differences(left, right)

    monkeypatch.setattr("apps.generation.domain.alignment.differences", told)
    [old], [new] = (
        readable_steps([{"uses": "generate", "prompt": "p", "output": {"text": t}}]) for t in ("a b", "a c")
    )
    [pair] = aligned([old], [new])
    assert asked == [("a b", "a c"), ("p", "p")]
    assert pair.left is not None
    assert [piece.text for piece in pair.left.outputs[0].pieces if piece.is_own] == ["b"]
