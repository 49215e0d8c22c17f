import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessment.domain.anchors import shown_text
from apps.assessment.domain.marks import MARK_KINDS, MarkInput, MarkWrong, Region, Shown, check_marks, read_marks
from apps.assessment.domain.rendering import render_markdown

TEXT = "A cat and two dogs"
SHOWN = Shown(texts=(TEXT, ""), pictures=1)
MARK = MarkInput(answer=1, kind="count", severity="minor", start=10, end=13, quote="two")
MARK = replace(MARK, region=Region(1, 0, 0, 400, 1000))
RAW: dict[str, Any] = {"answer": 1, "kind": "count", "severity": "minor", "start": 10, "end": 13, "quote": "two"}


def test_a_mark_is_read_and_stands_where_it_says() -> None:
    region = {"picture": 1, "left": 0, "top": 0, "width": 400, "height": 1000}
    marks = read_marks(json.dumps([RAW | {"region": region}, {"answer": 2, "kind": "logic", "severity": "major"}]))
    assert marks[0] == MARK
    check_marks(marks, SHOWN, MARK_KINDS)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"end": 19}, "range"),
        ({"start": 13}, "range"),
        ({"quote": "Two"}, "quote"),
        ({"start": 11, "end": 14}, "quote"),
        ({"start": 5, "end": 6, "quote": " "}, "blank"),
        ({"end": None}, "half"),
        ({"start": None, "end": None}, "half"),
        ({"answer": 2}, "range"),
        ({"kind": "charm"}, "kind"),
        ({"kind": "logic"}, "kind"),
        ({"severity": "fatal"}, "severity"),
        ({"region": Region(2, 0, 0, 1, 1)}, "picture"),
        ({"region": Region(1, 700, 0, 400, 1)}, "region"),
    ],
)
def test_a_mark_that_cannot_be_true_is_refused_with_its_number(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(MarkWrong) as refusal:
        check_marks([MARK, replace(MARK, **change)], SHOWN, ("count", "fact"))
    assert (refusal.value.number, refusal.value.reason) == (2, reason)


@pytest.mark.parametrize(
    ("source", "number", "detail"),
    [
        ("nonsense", 0, "JSON"),
        ("{}", 0, "array"),
        (json.dumps([RAW, RAW | {"start": "10"}]), 2, "start"),
        (json.dumps([RAW | {"answer": 3}]), 1, "answer"),
        (json.dumps([RAW | {"extra": 1}]), 1, "extra"),
        (json.dumps([RAW | {"region": {"picture": 1, "left": -1, "top": 0, "width": 1, "height": 1}}]), 1, "region"),
        ('[{"answer": 1, "kind": "count", "severity": "minor", "note": "\\ud800"}]', 0, "hex escape"),
    ],
)
def test_what_is_no_mark_is_refused_with_its_field(source: str, number: int, detail: str) -> None:
    with pytest.raises(MarkWrong) as refusal:
        read_marks(source)
    assert (refusal.value.number, refusal.value.reason) == (number, "shape")
    assert detail in refusal.value.detail


def test_too_many_or_too_long_are_refused_as_a_whole() -> None:
    with pytest.raises(MarkWrong, match="too_many"):
        check_marks([MARK] * 51, SHOWN, MARK_KINDS)
    with pytest.raises(MarkWrong, match="too_long"):
        read_marks(" " * 200_000 + "[]")
    assert read_marks("") == ()


@given(st.text(max_size=60), st.data())
def test_exactly_the_words_between_the_offsets_are_accepted(text: str, data: st.DataObject) -> None:
    start, end, moved = (data.draw(st.integers(0, len(text) + 3)) for _ in range(3))
    start, end = sorted((start, end))
    shown = Shown(texts=("", text), pictures=0)
    mark = MarkInput(answer=2, kind="fact", severity="major", start=start, end=end, quote=text[start:end])
    right = start < end <= len(text) and bool(text[start:end].strip())
    assert accepted(mark, shown) == right
    shifted = replace(mark, start=moved, end=moved + end - start)
    assert accepted(shifted, shown) == (right and text[moved : moved + end - start] == mark.quote)


@given(st.text(alphabet="ab🐈é<>&\"'`*_\n\t |#-", max_size=60))
def test_text_as_shown_has_all_letters_and_no_markup(source: str) -> None:
    text = shown_text(render_markdown(source))
    assert [letter for letter in text if letter in "ab🐈é"] == [letter for letter in source if letter in "ab🐈é"]


def test_text_as_shown_is_that_of_a_browser() -> None:
    html = "<p>1 &lt; 2 &amp;amp; <strong>b</strong><br>\nc</p>\n<pre>\nx\n</pre><pre><code>\ny</code></pre>"
    assert shown_text(html) == "1 < 2 &amp; b\nc\nx\n\ny"


def accepted(mark: MarkInput, shown: Shown) -> bool:
    try:
        check_marks([mark], shown, MARK_KINDS)
    except MarkWrong:
        return False
    return True
