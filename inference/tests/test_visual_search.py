import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from inference.components import components
from inference.components.visual_search import VisualOptions
from inference.contracts import Failure
from inference.declare import Resources, StepInput, StepOutput, StepRunner
from inference.errors import ModelUnavailable
from inference.readers import ENGLISH_ONLY, Reader
from inference.retrieval.catalogue import SHIPPED, digest_of, entries
from inference.retrieval.picture_index import open_pictures
from inference.spec.model import StepSpec

STEP = StepSpec(id="look", uses="visual_search")


def draw(path: Path, shape: str, colour: str, left: int = 20) -> Path:
    picture = Image.new("RGB", (120, 120), "#eef4ee")
    box = (left, 30, left + 50, 80)
    pen = ImageDraw.Draw(picture)
    if shape == "circle":
        pen.ellipse(box, fill=colour)
    else:
        pen.rectangle(box, fill=colour)
    picture.save(path)
    return path


def row(name: str, shape: str, colour: str) -> dict[str, Any]:
    return {
        "id": name,
        "title": {"en": f"{colour} {shape}", "ru": f"Картинка {name}"},
        "description": f"A {colour} {shape}.",
        "tags": [shape, colour],
        "source": "drawn here",
        "picture": f"{name}.png",
    }


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "catalogues" / "shapes"
    folder.mkdir(parents=True)
    kinds = [("circle", "red"), ("circle", "blue"), ("rectangle", "red"), ("rectangle", "blue")]
    rows = [row(f"{colour}-{shape}", shape, colour) for shape, colour in kinds]
    for shape, colour in kinds:
        draw(folder / f"{colour}-{shape}.png", shape, colour)
    (folder / "catalogue.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    return tmp_path / "models"


def build(model_dir: Path, **options: Any) -> StepRunner:
    given = VisualOptions.model_validate({"catalogue": "shapes", "read_text": False, **options})
    return components()["visual_search"].build(STEP, given, Resources(None, model_dir))


def look(run: StepRunner, *pictures: Path, language: str = "en") -> Mapping[str, Any]:
    found = run([StepInput({"images": list(pictures)}, language, 1)], lambda: False)[0]
    assert isinstance(found, StepOutput)
    return found.outputs


def test_a_picture_gets_tags_with_scores_and_the_card_of_its_best_match(model_dir: Path, tmp_path: Path) -> None:
    run = build(model_dir)
    found = look(run, draw(tmp_path / "a.png", "circle", "red", left=45))
    assert set(found["tags"].split(", ")) == {"red", "circle"}
    assert "red 1.00" in found["scores"]
    card = found["card"][0]
    assert (card["title"], card["text"], card["source"]) == ("red circle", "A red circle.", "drawn here")
    assert found["matches"][0]["score"] > 0.8


def test_words_are_in_the_task_s_language_where_the_catalogue_has_it(model_dir: Path, tmp_path: Path) -> None:
    found = look(build(model_dir), draw(tmp_path / "a.png", "circle", "red"), language="ru")
    assert found["card"][0]["title"] == "Картинка red-circle"
    assert "circle" in found["tags"]


def test_several_pictures_are_seen_one_by_one_and_none_is_nothing(model_dir: Path, tmp_path: Path) -> None:
    run = build(model_dir)
    pictures = (draw(tmp_path / "a.png", "circle", "red"), draw(tmp_path / "b.png", "rectangle", "blue"))
    found = look(run, *pictures)
    assert [line[:2] for line in found["tags"].splitlines()] == ["1.", "2."]
    assert [card["id"] for card in found["card"]] == ["red-circle", "blue-rectangle"]
    assert look(run) == {"tags": "", "scores": "", "text": "", "card": [], "matches": []}


def test_a_strange_picture_gets_no_tags(model_dir: Path, tmp_path: Path) -> None:
    Image.effect_noise((90, 90), 90).convert("RGB").save(tmp_path / "noise.png")
    found = look(build(model_dir), tmp_path / "noise.png")
    assert (found["tags"], found["card"], found["matches"]) == ("", [], [])


def test_a_broken_picture_fails_its_task_alone(model_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    good = draw(tmp_path / "a.png", "circle", "blue")
    items = [StepInput({"images": [path]}, "en", 1) for path in (tmp_path / "broken.png", good)]
    bad, sound = build(model_dir)(items, lambda: False)
    assert isinstance(bad, Failure)
    assert isinstance(sound, StepOutput)
    assert sound.outputs["card"][0]["id"] == "blue-circle"


def test_a_cancelled_run_looks_at_no_further_picture(model_dir: Path, tmp_path: Path) -> None:
    item = StepInput({"images": [tmp_path / "none.png"]}, "en", 1)
    (found,) = build(model_dir)([item], lambda: True)
    assert isinstance(found, Failure)
    assert found.kind == "cancelled"


def test_the_record_says_who_read_and_that_only_english_was(
    model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader({"engine": "rapidocr", "languages": "eng"}, lambda picture, least: "EXIT", 1, ENGLISH_ONLY)
    monkeypatch.setattr("inference.components.visual_search.best_reader", lambda: reader)
    picture = draw(tmp_path / "a.png", "circle", "red")
    found = build(model_dir, read_text=True)([StepInput({"images": [picture]}, "en", 1)], lambda: False)[0]
    assert isinstance(found, StepOutput)
    assert (found.outputs["text"], found.outputs["note"]) == ("EXIT", ENGLISH_ONLY)
    assert found.facts["model"]["reader"]["languages"] == "eng"
    assert found.facts["model"]["encoder"] == "descriptor@1"


def test_an_index_follows_its_pictures(model_dir: Path) -> None:
    before = open_pictures("shapes", "descriptor@1", model_dir)
    draw(model_dir / "catalogues" / "shapes" / "red-circle.png", "rectangle", "green")
    after = open_pictures("shapes", "descriptor@1", model_dir)
    assert before.record["sha256"] != after.record["sha256"]
    assert open_pictures("shapes", "descriptor@1", model_dir).record == after.record


def test_a_catalogue_that_changes_while_it_is_encoded_gets_no_index(model_dir: Path) -> None:
    table = model_dir / "catalogues" / "shapes" / "catalogue.jsonl"
    rows = table.read_text().splitlines()

    def change() -> None:
        table.write_text("\n".join(reversed(rows)))

    with pytest.raises(ModelUnavailable, match="changed while"):
        open_pictures("shapes", "descriptor@1", model_dir, change)
    assert not [found for found in (model_dir / "indexes").iterdir() if found.is_dir()]


def test_vectors_keep_the_table_that_they_were_made_of(model_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = model_dir / "catalogues" / "shapes" / "catalogue.jsonl"
    rows = table.read_text().splitlines()
    before = open_pictures("shapes", "descriptor@1", model_dir)

    def change_after(folder: Path) -> str:
        digest = digest_of(folder)
        table.write_text("\n".join(reversed(rows)))
        return digest

    monkeypatch.setattr("inference.retrieval.picture_index.digest_of", change_after)
    after = open_pictures("shapes", "descriptor@1", model_dir)
    assert (after.record, after.entries) == (before.record, before.entries)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": "x"}', "line 5: “title”: it is missing"),
        (json.dumps({**row("red-circle", "a", "b")}), "line 1 has this id"),
        (json.dumps({**row("x", "a", "b"), "picture": "../../secret.png"}), "there is no picture"),
        (json.dumps({**row("x", "a", "b"), "picture": "none.png"}), "there is no picture"),
    ],
)
def test_a_faulty_entry_is_named(model_dir: Path, line: str, words: str) -> None:
    (model_dir / "secret.png").write_bytes(b"secret")
    with (model_dir / "catalogues" / "shapes" / "catalogue.jsonl").open("a") as file:
        file.write(line)
    with pytest.raises(ModelUnavailable, match=words):
        build(model_dir)


def test_missing_catalogues_and_encoders_say_what_to_do(model_dir: Path) -> None:
    with pytest.raises(ModelUnavailable, match="build_index"):
        build(model_dir, catalogue="none")
    with pytest.raises(ModelUnavailable, match="There is no encoder"):
        build(model_dir, encoder="./clip")


def test_the_demo_catalogue_is_whole_and_speaks_both_languages() -> None:
    found = list(entries(SHIPPED["demo"]))
    assert len(found) >= 150
    assert all(isinstance(entry.title, dict) and {"en", "ru"} <= entry.title.keys() for entry in found)


def test_a_vision_model_of_a_folder_encodes_too(model_dir: Path, tmp_path: Path) -> None:
    from inference.tests.makers import make_vision_model

    make_vision_model(model_dir / "siglip")
    found = look(build(model_dir, encoder="./siglip"), draw(tmp_path / "a.png", "rectangle", "blue"))
    assert found["card"][0]["id"] == "blue-rectangle"
