import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inference.retrieval.building import BadInput, build_catalogue, build_corpus
from inference.retrieval.picture_index import open_pictures
from inference.retrieval.tantivy_index import open_index


def silent(stage: str) -> Callable[[], None]:
    return lambda: None


def document(number: int, **extra: Any) -> dict[str, Any]:
    return {"id": str(number), "title": f"Elephant {number}", "text": "It eats grass.", "source": "book", **extra}


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def corpus(source: Path, model_dir: Path, *, name: str = "zoo", replace: bool = False) -> int:
    return build_corpus(source, name, model_dir, replace=replace, progress=silent)


def test_documents_become_an_index(tmp_path: Path) -> None:
    source = write(tmp_path / "docs.jsonl", [document(1, more="kept out"), document(2)])
    assert corpus(source, tmp_path / "models") == 2
    assert open_index("zoo", tmp_path / "models").search("elephants", 5)[0].source == "book"
    assert corpus(source, tmp_path / "models") == 2  # the same again is no fault


def test_an_index_is_replaced_only_when_it_is_said(tmp_path: Path) -> None:
    corpus(write(tmp_path / "a.jsonl", [document(1)]), tmp_path)
    other = write(tmp_path / "b.jsonl", [document(1, title="Giraffe")])
    with pytest.raises(BadInput, match="--replace"):
        corpus(other, tmp_path)
    corpus(other, tmp_path, replace=True)
    assert open_index("zoo", tmp_path).search("giraffes", 1)


def test_faults_are_told_by_line_the_first_fifty_and_nothing_is_written(tmp_path: Path) -> None:
    rows: list[Any] = [document(1), "{", document(2, text=5), document(1), *({"id": str(n)} for n in range(9, 40))]
    with pytest.raises(BadInput) as error:
        corpus(write(tmp_path / "docs.jsonl", rows), tmp_path / "models")
    faults = error.value.faults
    assert [(fault.line, fault.field) for fault in faults[:3]] == [(2, ""), (3, "text"), (4, "id")]
    assert "put quotes around it" in str(faults[1])
    assert (len(faults), error.value.count) == (50, 3 + 3 * 31)
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["Demo", "../up", "", "demo"])
def test_a_name_is_plain_and_not_the_platform_s(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        corpus(write(tmp_path / "a.jsonl", [document(1)]), tmp_path, name=name)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe{}", b"[1]"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(BadInput):
        corpus(tmp_path / "a.jsonl", tmp_path)


def entry(name: str, picture: str) -> dict[str, Any]:
    return {"id": name, "title": name, "description": "", "tags": [name], "source": "mine", "picture": picture}


def catalogue(source: Path, model_dir: Path, *, replace: bool = False) -> int:
    return build_catalogue(
        source, "mine", "descriptor@1", model_dir, pictures=source.parent, replace=replace, progress=silent
    )


def test_pictures_are_copied_and_indexed(tmp_path: Path) -> None:
    for colour in ("red", "blue"):
        Image.new("RGB", (40, 40), colour).save(tmp_path / f"{colour}.png")
    source = write(tmp_path / "cat.jsonl", [entry("red", "red.png"), entry("blue", "blue.png")])
    assert catalogue(source, tmp_path / "models") == 2
    (tmp_path / "red.png").unlink()
    index = open_pictures("mine", "descriptor@1", tmp_path / "models")
    found = index.nearest([index.encoder.prepare(Image.new("RGB", (90, 90), "blue"))], 1)
    assert found[0][0].entry.id == "blue"
    with pytest.raises(BadInput, match="--replace"):
        catalogue(source, tmp_path / "models")


def test_faults_of_pictures_name_their_line_and_leave_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "in" / "broken.png").write_bytes(b"no picture")
    rows = [entry("a", "none.png"), entry("b", "../secret.png"), {"id": "c"}, entry("d", "broken.png")]
    rows.append(entry("e", f"{'я' * 200}.png"))
    with pytest.raises(BadInput) as error:
        catalogue(write(tmp_path / "in" / "cat.jsonl", rows), tmp_path / "models")
    assert [(fault.line, fault.field) for fault in error.value.faults if fault.field == "picture"] == [
        (1, "picture"),
        (2, "picture"),
        (3, "picture"),
        (4, "picture"),
        (5, "picture"),
    ]
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]
