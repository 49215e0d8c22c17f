import os
from pathlib import Path

import pytest

from inference.components import components
from inference.components.ocr import OcrOptions
from inference.contracts import Failure
from inference.declare import Resources, StepInput, StepOutput
from inference.models.pictures import open_picture
from inference.readers import has_tesseract, rapid_reader, usable_processors
from inference.spec.model import StepSpec
from inference.tests.makers import make_picture

pytestmark = pytest.mark.slow  # starts programs


def read(*images: Path) -> StepOutput | Failure:
    run = components()["ocr"].build(StepSpec(id="read", uses="ocr"), OcrOptions(), Resources(None, Path()))
    return run([StepInput({"images": list(images)}, "en", 1)], lambda: False)[0]


def test_english_is_read_and_the_reader_is_named(tmp_path: Path) -> None:
    found = read(make_picture(tmp_path / "a.png", "Opening hours\n10:00 to 18:00"))
    assert isinstance(found, StepOutput)
    assert "Opening hours" in found.outputs["text"]
    assert found.facts["model"]["engine"] == ("tesseract" if has_tesseract() else "rapidocr")


def test_russian_is_read_where_tesseract_is(tmp_path: Path) -> None:
    found = read(make_picture(tmp_path / "a.png", "Часы работы\nмузея"))
    assert isinstance(found, StepOutput)
    assert ("Часы работы" in found.outputs["text"]) == has_tesseract()


def test_a_cancelled_run_reads_no_further_picture(tmp_path: Path) -> None:
    run = components()["ocr"].build(StepSpec(id="read", uses="ocr"), OcrOptions(), Resources(None, Path()))
    (found,) = run([StepInput({"images": [tmp_path / "none.png"]}, "en", 1)], lambda: True)
    assert isinstance(found, Failure)
    assert found.kind == "cancelled"


def test_processors_are_counted_where_the_system_tells_no_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    assert usable_processors() == (os.cpu_count() or 1)


def test_several_pictures_are_read_in_order(tmp_path: Path) -> None:
    found = read(make_picture(tmp_path / "a.png", "First page"), make_picture(tmp_path / "b.png", "Second page"))
    assert isinstance(found, StepOutput)
    assert found.outputs["text"] == "First page\n\nSecond page"


def test_prices_stay_with_their_dishes(tmp_path: Path) -> None:
    picture = make_picture(tmp_path / "a.png", "Tomato soup          6.50\nApple pie              5.20")
    found = read(picture)
    assert isinstance(found, StepOutput)
    for text in (found.outputs["text"], rapid_reader().read(open_picture(picture), 60)):
        assert text.splitlines() == ["Tomato soup 6.50", "Apple pie 5.20"]


def test_no_picture_and_an_empty_one_have_no_text(tmp_path: Path) -> None:
    for images in ((), (make_picture(tmp_path / "a.png"),)):
        found = read(*images)
        assert isinstance(found, StepOutput)
        assert found.outputs["text"] == ""


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_a_broken_picture_is_a_failure_of_its_task(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.png").write_bytes(content)
    found = read(tmp_path / "broken.png")
    assert isinstance(found, Failure)
    assert (found.kind, found.retryable) == ("input", False)
