import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.benchmarks.protocols import Item, find_protocol


def score(
    folder: Path, protocol: str, items: list[Any], capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, Any], str]:
    table = folder / "predictions.json"
    table.write_text(json.dumps({"items": items}), encoding="utf-8")
    call_command("score", protocol, str(table))
    printed = capsys.readouterr()
    return json.loads(printed.out), printed.err


def test_a_file_is_scored_with_errors_clustered_by_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items: list[dict[str, object]] = [
        {"id": place, "prediction": "yes" if place < 4 else "no", "references": "yes", "group": place // 2}
        for place in range(8)
    ]
    items.append({"id": "silent", "prediction": None, "references": ["yes"], "group": "9"})
    result, _warnings = score(tmp_path, "exact_match@1", items, capsys)
    metric = result["metrics"]["accuracy"]
    assert (metric["value"], metric["n"], metric["n_unparsed"]) == (pytest.approx(4 / 9), 9, 1)
    assert metric["stderr"] == pytest.approx(0.2560, abs=1e-4)  # sqrt(5/4 · 344/81)/9
    assert metric["ci_high"] - metric["value"] == pytest.approx(2.7764 * metric["stderr"], rel=1e-3)  # t, 4 degrees
    assert result["items"][0] == {"id": 0, "parsed": "yes", "outcome": "scored", "scores": {"accuracy": 1.0}}


def test_bad_items_are_named_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = {"id": "a", "prediction": "B", "references": ["B"], "choices": ["x", "y"]}
    bad = [
        "text",
        {"prediction": "A"},
        good,
        {"id": "b", "prediction": ["A"], "references": ["A"], "choices": ["x", "y"]},
        {"id": "c", "prediction": "A", "references": ["C"], "choices": ["x", "y"]},
        {"id": "d", "prediction": "A", "references": ["A"]},
        {"id": "e", "prediction": "A", "references": [{"wrong": 1}], "choices": ["x", "y"]},
    ]
    result, warnings = score(tmp_path, "mcq_letter@1", [good, *bad], capsys)
    assert result["metrics"]["accuracy"]["n"] == 1
    assert [each["place"] for each in result["bad"]] == [2, 3, 4, 5, 6, 7, 8]
    for words in ("was used by item 1", "Give one of A, B", "`choices`", "`prediction`", "7 items are left out"):
        assert words in warnings


@pytest.mark.parametrize(
    ("protocol", "wrong", "field"),
    [
        ("exact_match@1", {"prediction": float("nan")}, "`prediction`"),
        ("exact_match@1", {"prediction": True}, "`prediction`"),
        ("exact_match@1", {"prediction": "\ud800"}, "`prediction`"),
        ("exact_match@1", {"id": {"a": 1}}, "`id`"),
        ("exact_match@1", {"id": "\udfff"}, "`id`"),
        ("exact_match@1", {"references": [float("inf")]}, "`references`"),
        ("exact_match@1", {"group": [1]}, "`group`"),
        ("exact_match@1", {"kind": "\ud800"}, "`kind`"),
        ("mcq_letter@1", {"choices": ["x"] * 27}, "`choices`"),
        ("mcq_letter@1", {"choices": ["x", None]}, "`choices`"),
        ("mme_official@1", {"category": "count", "references": "yes"}, "`group`"),
        ("mathvista@1", {"question_type": "multi_choice"}, "`choices`"),
        ("mathvista@1", {"answer_type": "float"}, "`precision`"),
        ("text_overlap@1", {"references": "кот"}, "Latin"),
    ],
)
def test_a_wrong_field_is_named(
    tmp_path: Path, protocol: str, wrong: dict[str, Any], field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="None of 1 items"):
        score(tmp_path, protocol, [{"id": "a", "prediction": "x", "references": ["x"]} | wrong], capsys)
    assert field in capsys.readouterr().err


def test_numbers_without_end_do_not_break_the_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    item = {"id": "a", "prediction": "It is 1e999", "references": ["5"]}
    result, _warnings = score(tmp_path, "mmmu_official@1", [item], capsys)
    assert "inf" in result["items"][0]["parsed"]


def test_what_can_not_be_computed_here_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.benchmarks.domain.meteor.is_available", lambda: False)
    item = {"id": "a", "prediction": "a cat", "references": ["a cat"]}
    result, warnings = score(tmp_path, "coco_caption@1", [item], capsys)
    assert "METEOR" not in result["metrics"]
    assert "needs Java" in result["missing"]["METEOR"]
    assert "needs Java" in warnings


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("nothing@1", "{}", "There is no protocol"),
        ("exact_match@1", "{", "not JSON"),
        ("exact_match@1", "[]", "needs the form"),
        ("exact_match@1", '{"items": []}', "None of 0 items"),
        ("exact_match@1", '{"items": ' + "[" * 99999 + "]" * 99999 + "}", "too deeply"),
        ("exact_match@1", '{"items": [{"prediction": ' + "9" * 5000 + "}]}", "thousands of digits"),
    ],
)
def test_a_useless_file_says_why(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / "bad.json").write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("score", name, str(tmp_path / "bad.json"))


@pytest.mark.parametrize(
    ("official", "text", "both"),
    [
        ("pope_official@1", "Maybe", (1.0, 0.0)),
        ("pope_official@1", "NO, never", (1.0, 0.0)),
        ("mme_official@1", "Yesterday", (1.0, 0.0)),
    ],
)
def test_the_strict_sibling_does_what_one_would_expect(official: str, text: str, both: tuple[float, float]) -> None:
    item = Item("q", ["yes"], category="existence")
    marks = [find_protocol(name).mark(text, item) for name in (official, official.replace("official", "strict"))]
    assert tuple(mark.scores["accuracy"] for mark in marks) == both


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("B) Paris", "B"), ("**B**", "B"), ("b", "B"), ("The answer is (C).", "C"), ("Paris", "B"),
        ("A man stands", None),
        ("It is Rome, so option C", "C"), ("Tokyo or Paris", None), ("E", None), ("Option B is wrong. Answer: A", "A"),
        ("The answer is a view of Rome", "C"), ("The answer is A because", "A"), ("A\nIt is Tokyo", "A"),
        ("A and B", None), ("Neither A nor B", None), ("B or C", None), ("(A) or (B)", None), ("B, C", None),
        ("B, A man says", "B"), ("A and C are wrong. The answer is B.", "B"),
    ],
)  # fmt: skip
def test_letters_are_read_as_a_person_would(text: str, letter: str | None) -> None:
    item = Item("q", ["B"], {"A": "Tokyo", "B": "Paris", "C": "Rome"})
    assert find_protocol("mcq_letter@1").mark(text, item).parsed == letter


def test_official_guesses_repeat_and_are_told_apart() -> None:
    protocol = find_protocol("mmmu_official@1")
    items = [Item(str(place), ["A"], {"A": "one", "B": "two"}) for place in range(40)]
    first, again = (protocol.mark_all(items, ["B)"] * 40) for _ in range(2))
    assert first == again
    assert {mark.outcome for mark in first} == {"unparsed"}
    assert {mark.parsed for mark in first} == {"A", "B"}


def test_overlap_is_that_of_the_packages() -> None:
    protocol = find_protocol("text_overlap@1")
    items = [Item("a", ["the cat sat on the mat", "a cat"]), Item("b", ["two dogs run"])]
    marks = protocol.mark_all(items, ["the cat sat on the mat", "two dogs"])
    assert [round(mark.scores["rougeL"], 3) for mark in marks] == [1.0, 0.8]
