"""Task sets: what is said of a picture is true of its pixels, and what is tested was not trained on."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from inference.errors import ModelUnavailable
from inference.vlm.data.tasks import write_tasks


def make_shapes(folder: Path) -> None:
    """A small red circle in the upper left for training, a large blue one at the bottom for the test."""
    for part, colour, box in (("train", "red", (5, 5, 17, 17)), ("test", "blue", (16, 32, 48, 64))):
        (folder / part).mkdir()
        picture = Image.new("RGB", (64, 64), "#eeeeff")
        ImageDraw.Draw(picture).ellipse(box, fill=colour)
        picture.save(folder / part / "0.png")
        known = {"image": f"{part}/0.png", "labels": {"colour": colour, "shape": "circle"}}
        unknown = {"image": f"{part}/1.png", "labels": {"colour": None, "shape": "circle"}}
        name = "labels.jsonl" if part == "train" else "test-labels.jsonl"
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in (known, unknown)))


def make_catalogue(folder: Path) -> Path:
    Image.new("RGB", (40, 30), "green").save(folder / "cat.png")
    rows = [{"id": name, "tags": {"en": [name]}, "picture": "cat.png"} for name in ("cat", "circle")]
    (folder / "catalogue.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder / "catalogue.jsonl"


def rows_of(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_sentences_say_what_the_pictures_show_and_test_pictures_stay_out(tmp_path: Path) -> None:
    make_shapes(tmp_path)
    counts = write_tasks(tmp_path, make_catalogue(tmp_path))
    said = [row["answer"] for row in rows_of(tmp_path / "captioner.jsonl") if row["image"] == "train/0.png"]
    assert said == ["The picture shows a small red circle in the upper left.", "a small red circle"]
    (test, *_) = rows_of(tmp_path / "test-captioner.jsonl")
    assert test["answer"] == "The picture shows a large blue circle at the bottom."
    for name in ("captioner", "rephraser"):
        trained, tested = ({row["image"] for row in rows_of(tmp_path / f"{p}{name}.jsonl")} for p in ("", "test-"))
        assert not trained & tested
        assert counts[name] == len(rows_of(tmp_path / f"{name}.jsonl"))
        others = [row["answer"] for row in rows_of(tmp_path / f"{name}.jsonl") if row["image"].startswith("others/cat")]
        assert others
        assert all(re.search("-|no plain", answer) for answer in others)
    assert not list(tmp_path.glob("others/circle*"))


def test_the_same_rows_every_time(tmp_path: Path) -> None:
    make_shapes(tmp_path)
    catalogue = make_catalogue(tmp_path)
    made = []
    for _ in range(2):
        write_tasks(tmp_path, catalogue)
        made.append([path.read_bytes() for path in sorted(tmp_path.rglob("*.*")) if path.suffix in {".jsonl", ".png"}])
    assert made[0] == made[1]


def test_without_easy_vqa_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="vlm easy-vqa"):
        write_tasks(tmp_path, make_catalogue(tmp_path))
