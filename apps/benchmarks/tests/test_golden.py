"""What official code gave, item by item and over all: every file of `data/` in one shape, walked by one test each."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.benchmarks.domain import meteor
from apps.benchmarks.domain.ptb import tokenise
from apps.benchmarks.domain.vqa_words import normalise, without_punctuation
from apps.benchmarks.prediction_files import read_predictions, score_items
from apps.benchmarks.protocols import find_protocol
from apps.benchmarks.protocols.coco_caption import truths
from apps.benchmarks.protocols.textvqa_evalai import normalise as evalai

FOLDER = Path(__file__).parent / "data"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
WITHOUT_JAVA = set() if meteor.is_available() else {"METEOR"}


def scored(golden: dict[str, Any]) -> dict[str, Any]:
    protocol = find_protocol(golden["protocol"])
    predictions = read_predictions(golden, protocol)
    assert not predictions.bad
    return score_items(protocol, predictions.items, predictions.texts)


@pytest.mark.parametrize("name", FILES)
def test_every_item_and_figure_equals_the_official_one(name: str) -> None:
    golden = FILES[name]
    result = scored(golden)
    for item, got in zip(golden["items"], result["items"], strict=True):
        check_item(item, got)
    for metric, value in golden.get("metrics", {}).items():
        if metric not in WITHOUT_JAVA:
            assert result["metrics"][metric]["value"] == pytest.approx(value, abs=1e-6), metric


def check_item(item: dict[str, Any], got: dict[str, Any]) -> None:
    expected = item.get("expected", {})
    where = f"{item['id']}: {item['prediction']!r}"
    if "parsed" in expected:
        assert got["parsed"] == expected["parsed"], where
    if "outcome" in expected:
        assert got["outcome"] == expected["outcome"], where
    if "values" in expected:
        assert set(got["parsed"]) == set(expected["values"]), where
    if "score" in expected:
        assert next(iter(got["scores"].values())) == pytest.approx(expected["score"], abs=1e-9), where
    for metric, value in expected.get("scores", {}).items():
        if metric not in WITHOUT_JAVA:
            assert got["scores"][metric] == pytest.approx(value, abs=1e-9), (where, metric)


def test_vqa_words_equal_the_official_ones() -> None:
    for text, bare, plain in FILES["vqa_v2"]["normalised"]:
        assert (without_punctuation(text), normalise(text)) == (bare, plain)
    for text, plain in FILES["textvqa"]["normalised"]:
        assert evalai(text) == plain


def test_groups_equal_the_official_ones() -> None:
    groups = scored(FILES["vqa_v2"])["groups"]
    for field, table in FILES["vqa_v2"]["groups"].items():
        got = {label: round(metrics["accuracy"]["value"], 4) for label, metrics in groups[field].items()}
        assert got == pytest.approx(table)
    subtasks = scored(FILES["mme"])["groups"]["category"]
    for subtask, expected in FILES["mme"]["groups_of"].items():
        assert {name: subtasks[subtask][name]["value"] for name in expected} == pytest.approx(expected)


def test_caption_words_equal_the_official_ones() -> None:
    for text, words in FILES["coco_caption"]["tokens"]:
        assert " ".join(tokenise(text)) == words
    golden = FILES["coco_caption"]
    items = read_predictions(golden, find_protocol("coco_caption@1")).items
    for item, raw in zip(items, golden["items"], strict=True):
        assert [" ".join(words) for words in truths(item)] == raw["expected"]["truths"]
