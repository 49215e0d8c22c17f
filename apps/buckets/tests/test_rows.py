"""A row becomes a task or problems; it never raises and never lets through what the database can't keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.buckets.domain import limits
from apps.buckets.domain.columns import KNOWN, suggested_column
from apps.buckets.domain.fingerprint import Fingerprint
from apps.buckets.domain.languages import normal_tag, suggested_tag
from apps.buckets.domain.rows import RawRow, TaskRow, parse_row
from apps.buckets.importers.wording import WORDING, worded
from apps.buckets.tests.makers import task_line

pytestmark = pytest.mark.slow

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)
columns = st.sampled_from([*KNOWN, "image", "Key", "prompt"]) | st.text(max_size=8)


@given(st.dictionaries(columns, anything, max_size=9), st.booleans())
def test_any_row_becomes_a_storable_task_or_worded_problems(values: dict[str, object], sound: bool) -> None:
    parsed = parse_row(RawRow(7, {**(task_line() if sound else {}), **values}))
    if isinstance(parsed, TaskRow):
        texts = [parsed.key, parsed.instruction, parsed.cluster, *parsed.images, *parsed.alts, *parsed.references]
        assert all("\0" not in text and text.encode() is not None for text in texts)
        assert parsed.key and parsed.instruction and parsed.cluster and normal_tag(parsed.language) == parsed.language
        assert len(parsed.key) <= limits.MAX_KEY_CHARS and len(parsed.alts) == len(parsed.images)
        Fingerprint().add(parsed, ["x"] * len(parsed.images))
    else:
        assert parsed
        assert all(problem.row == 7 and all(worded(problem)) for problem in parsed)


@given(st.text(min_size=1, max_size=300))
def test_a_key_is_kept_as_written_but_for_spaces_around(key: str) -> None:
    parsed = parse_row(RawRow(1, task_line(key=key)))
    if isinstance(parsed, TaskRow):
        again = parse_row(RawRow(1, task_line(key=parsed.key)))
        assert isinstance(again, TaskRow)
        assert again.key == parsed.key


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("key", None, "empty"),
        ("key", "k" * 201, "too_long"),
        ("key", True, "not_text"),
        pytest.param("key", 10**4500, "too_long", id="endless-number"),
        ("key", "two\nlines", "control_character"),
        ("instruction", " \n ", "empty"),
        ("instruction", "a\0b", "control_character"),
        ("instruction", "lone \ud800", "control_character"),
        ("instruction", ["a"], "not_text"),
        ("instruction", "i" * 20_001, "too_long"),
        ("language", "en_US", "language"),
        ("language", "xx", "language"),
        ("images", ["a.png"] * 9, "too_many"),
        ("images", [1], "not_text"),
        ("references", ["r"] * 21, "too_many"),
        ("references", {"a": 1}, "not_text"),
        ("alt", "A picture", "more_alts_than_images"),
        ("colour", "red", "unknown_column"),
    ],
)
def test_each_fault_has_its_code(field: str, value: object, code: str) -> None:
    values = {**task_line(), field: value}
    parsed = parse_row(RawRow(3, values))
    assert isinstance(parsed, list)
    assert [(problem.row, problem.field, problem.code) for problem in parsed] == [(3, field, code)]


def test_lists_texts_and_numbers_are_understood() -> None:
    row = task_line(key=5, image="a.png", references=[3, 2.5, "x"], language="zh-hans-cn", instruction="a\r\nb")
    parsed = parse_row(RawRow(1, row))
    assert isinstance(parsed, TaskRow)
    assert (parsed.key, parsed.images, parsed.alts) == ("5", ("a.png",), ("",))
    assert (parsed.references, parsed.language, parsed.instruction) == (("3", "2.5", "x"), "zh-Hans-CN", "a\nb")


@pytest.mark.parametrize(("written", "meant"), [("English", "en"), ("en_US", "en-US"), ("ua", "uk"), ("русский", "ru")])
def test_a_wrong_language_tag_gets_a_suggestion(written: str, meant: str) -> None:
    assert normal_tag(written) is None
    assert suggested_tag(written) == meant


@pytest.mark.parametrize(("written", "meant"), [("instrucktion", "instruction"), ("lang", "language"), ("zzz", None)])
def test_a_wrong_column_gets_a_suggestion(written: str, meant: str | None) -> None:
    assert suggested_column(written) == meant


def test_the_fingerprint_depends_on_order_and_on_pictures() -> None:
    def digest(*tasks: tuple[str, str]) -> str:
        fingerprint = Fingerprint()
        for key, image in tasks:
            fingerprint.add(TaskRow(1, key, "i", "en", "c", ("a.png",), ("",)), [image])
        return fingerprint.hexdigest()

    assert digest(("1", "x"), ("2", "x")) == digest(("1", "x"), ("2", "x"))
    assert len({digest(("1", "x"), ("2", "x")), digest(("2", "x"), ("1", "x")), digest(("1", "x"), ("2", "y"))}) == 3


def test_every_wording_has_a_remedy() -> None:
    assert all(str(message) and str(remedy) for message, remedy in WORDING.values())
