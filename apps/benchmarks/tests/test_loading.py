import base64
import csv
import io
import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.utils import timezone
from PIL import Image
from pyarrow import parquet

from apps.benchmarks.catalogue import catalogue, suite
from apps.benchmarks.domain.questions import Malformed, Question, texts_of
from apps.benchmarks.loaders import Pictures, find_loader
from apps.benchmarks.models import Source
from apps.benchmarks.protocols import Item, find_protocol
from apps.benchmarks.queries import items_of
from apps.benchmarks.services import LoadRefused, load_benchmark
from conftest import Cast

pytestmark = pytest.mark.slow


def png(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "PNG")
    return stream.getvalue()


def read(loader: str, source: Path, folder: Path, options: dict[str, Any] | None = None) -> list[Question | Malformed]:
    store = folder / "store"
    store.mkdir(exist_ok=True)
    return list(find_loader(loader).read(source, Pictures(store, folder), options or {}))


def write(path: Path, body: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return path


def test_rows_of_vlmevalkit_refer_back_and_bad_ones_are_named(tmp_path: Path) -> None:
    image = base64.b64encode(png("red")).decode()
    rows = [
        ["index", "image", "question", "A", "B", "answer", "category"],
        ["1", image, "Which?", "x", "y", "B", "c"],
        ["1000001", "1", "Which?", "y", "x", "A", "c"],
        ["7", f"['{image}', '{base64.b64encode(png('blue')).decode()}']", "Both?", "x", "y", "A", "c"],
        ["8", "99", "Which?", "x", "y", "A", "c"],
        ["9", "A" * 100, "Which?", "x", "y", "A", "c"],
        ["10", "1", "Which?", "x", "y", "Q", "c"],
        ["11", "1", "Which?", "x", "y", "", "c"],
    ]
    table = write(tmp_path / "t.tsv", "\n".join("\t".join(row) for row in rows))
    limit = csv.field_size_limit()
    first, rolled, both, *bad = read("vlmevalkit", table, tmp_path)
    assert isinstance(first, Question)
    assert isinstance(rolled, Question)
    assert isinstance(both, Question)
    assert (first.images, first.facts["question"]) == (rolled.images, rolled.facts["question"])
    assert len(both.images) == 2
    assert (first.group, both.group) == (rolled.group, f"picture {both.images[0]}")
    assert [(each.place, each.key) for each in bad if isinstance(each, Malformed)] == [
        (4, "8"), (5, "9"), (6, "10"), (7, "11"),
    ]  # fmt: skip
    words = ["row 99", "does not decode", "none of its choices", "no `answer`"]
    assert all(word in str(each) for word, each in zip(words, bad, strict=True))
    with pytest.raises(Malformed, match="answer, question"):
        read("vlmevalkit", write(tmp_path / "bad.tsv", "index\timage\n1\tx"), tmp_path)
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize("loader", ["parquet", pytest.param("hub", marks=pytest.mark.slow)])
def test_parquet_with_embedded_pictures(tmp_path: Path, loader: str) -> None:
    rows = [
        {"qid": 5, "q": "Which?", "image": {"bytes": png("red"), "path": "a.png"}, "options": ["x", "y"], "answer": 1},
        {"qid": 6, "q": "Which?", "image": {"bytes": b"broken", "path": "b.png"}, "options": ["x", "y"], "answer": 0},
    ]
    folder = tmp_path / "data"
    folder.mkdir()
    parquet.write_table(pa.Table.from_pylist(rows), folder / "test-00000.parquet")
    columns = {"id": "qid", "question": "q", "answers": "answer", "image": "image", "choices": "options"}
    options = {"columns": columns, "answer": "index", "split": "test"}
    good, bad = read(loader, folder, tmp_path, options)
    assert isinstance(good, Question)
    assert (good.key, good.references, dict(good.choices)) == ("5", ["B"], {"A": "x", "B": "y"})
    assert isinstance(bad, Malformed)
    assert (bad.place, bad.key) == (2, "6")


def test_a_hub_needs_a_pinned_revision(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="40 hex"):
        read("hub", Path("owner/name@main"), tmp_path, {"columns": {}})


def official_vqa(folder: Path) -> None:
    asked = [
        {"question_id": 3, "image_id": 9, "question": "Which?"},
        {"question_id": 4, "image_id": 9, "question": "?"},
    ]
    answers = [{"answer": "x", "answer_id": place} for place in range(10)]
    truth = {"question_id": 3, "image_id": 9, "question_type": "what", "answer_type": "other", "answers": answers}
    write(folder / "v2_questions.json", {"questions": asked})
    write(folder / "v2_annotations.json", {"annotations": [truth]})


def official_docvqa(folder: Path) -> None:
    row = {"questionId": 3, "question": "Which?", "image": "a.png", "answers": ["x", "X"]}
    write(folder / "val.json", {"data": [row, {**row, "questionId": 4, "answers": None}]})


def official_pope(folder: Path) -> None:
    row = {"question_id": 3, "image": "a.png", "text": "Which?", "label": "yes"}
    lines = [row, {**row, "question_id": 4, "image": "none.png"}]
    write(folder / "coco_pope_random.json", "\n".join(json.dumps(each) for each in lines))


def official_mmmu(folder: Path) -> None:
    row = {"id": "validation_Art_3", "question": "Which?", "options": "['x', 'y']", "answer": "B", "image_1": "a.png"}
    write(folder / "val.json", [row, {**row, "answer": "D"}])


def official_hallusionbench(folder: Path) -> None:
    row = {"category": "VD", "subcategory": "figure", "set_id": "0", "figure_id": "1", "question_id": "2",
           "visual_input": "1", "question": "Which?", "gt_answer": "1"}  # fmt: skip
    write(folder / "HallusionBench.json", [row, {**row, "figure_id": "7"}])


def official_amber(folder: Path) -> None:
    query = {"id": 3, "image": "a.png", "query": "Which?"}
    write(folder / "query_discriminative.json", [query, {**query, "id": 4}])
    write(folder / "annotations.json", [{"id": 3, "type": "relation", "truth": "yes"}])


def official_coco(folder: Path) -> None:
    images = [{"id": 3, "file_name": "a.png"}, {"id": 4, "file_name": "a.png"}]
    write(folder / "captions_val.json", {"images": images, "annotations": [{"image_id": 3, "caption": "Which?"}]})


def official_scienceqa(folder: Path) -> None:
    row = {"question": "Which?", "choices": ["x", "y"], "answer": 1, "image": "image.png", "subject": "s"}
    write(folder / "problems.json", {"3": row, "4": {**row, "answer": "none"}})
    write(folder / "pid_splits.json", {"test": ["3", "4"]})


def own_bucket(folder: Path) -> None:
    row = {"key": "3", "instruction": "Which?", "references": ["x"], "images": ["a.png"]}
    write(folder / "tasks.jsonl", "\n".join(json.dumps(each) for each in (row, {**row, "key": "4", "references": []})))


@pytest.mark.parametrize(
    ("loader", "make", "protocol"),
    [
        ("vqa", official_vqa, "vqa_v2_official@1"),
        ("docvqa", official_docvqa, "anls_official@1"),
        ("pope", official_pope, "pope_official@1"),
        ("mmmu", official_mmmu, "mmmu_official@1"),
        ("hallusionbench", official_hallusionbench, "hallusionbench_official@1"),
        ("amber", official_amber, "amber_discriminative_official@1"),
        ("coco_caption", official_coco, "coco_caption@1"),
        ("scienceqa", official_scienceqa, "scienceqa_llava@1"),
        ("bucket", own_bucket, "exact_match@1"),
    ],
)
def test_official_files_become_questions_that_their_protocol_can_mark(
    tmp_path: Path, loader: str, make: Callable[[Path], None], protocol: str
) -> None:
    make(tmp_path)
    for name in ("a.png", "9.jpg", "VD/figure/0_1.png", "test/3/image.png", "test/4/image.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(png("red"))
    good, bad = read(loader, tmp_path, tmp_path, {"pattern": "{image_id}.jpg", "split": "test"})
    assert isinstance(good, Question)
    assert len(good.images) == 1
    item = Item(good.key, good.references, good.choices, good.group, good.category, good.facts)
    assert find_protocol(protocol).refusal(item) is None
    if isinstance(bad, Question):  # a reference that is missing is seen by the protocol
        assert find_protocol(protocol).refusal(Item(bad.key, bad.references))
    else:
        assert bad.place == 2


def test_lists_are_read_and_never_run() -> None:
    assert texts_of("['a', 'b']") == ["a", "b"]
    assert texts_of("[__import__('os').getcwd()]") == ["[__import__('os').getcwd()]"]


def test_pictures_stay_below_their_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.png").write_bytes(png("red"))
    with pytest.raises(Malformed, match="no picture"):
        Pictures(tmp_path, tmp_path / "in").named("../secret.png")


@pytest.mark.parametrize("entry", [each.name for each in suite("embedded")])
def test_what_is_embedded_gets_full_marks_for_right_answers(entry: str, tmp_path: Path) -> None:
    found = catalogue()[entry]
    package = "easy_vqa" if entry.startswith("easy") else "skimage"
    if entry.startswith(("easy", "photographs")) and find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    stream = find_loader(found.loader).read(tmp_path, Pictures(tmp_path, None), found.options)
    questions = [each for each in stream if isinstance(each, Question)]
    items = [Item(q.key, q.references, q.choices, q.group, q.category, q.facts) for q in questions]
    protocol = find_protocol(found.protocols[0])
    assert not [message for item in items if (message := protocol.refusal(item))]
    marks = protocol.mark_all(items, [max(q.references, key=list(q.references).count) for q in questions])
    assert min(protocol.value(mark) for mark in marks) > (0.1 if "captions" in entry else 0.8)


def test_every_entry_of_the_catalogue_names_what_exists() -> None:
    for entry in catalogue().values():
        assert all(find_protocol(name) for name in entry.protocols)
        assert find_loader(entry.loader)
        assert entry.is_embedded or entry.put


def test_a_loaded_benchmark_keeps_its_details_source_and_licence(cast: Cast) -> None:
    loaded = load_benchmark(
        actor=cast.researcher, entry=catalogue()["drawn-choices"], source=None, images=None, now=timezone.now(), limit=6
    )
    official, letters = loaded.benchmarks
    assert (official.protocol, letters.protocol, official.limit) == ("mmbench_circular@1", "mcq_letter@1", 6)
    assert official.bucket == letters.bucket
    item = next(iter(items_of(official.bucket).values()))
    assert (list(item.choices), item.fact("question")) == (["A", "B", "C", "D"], "side-000")
    assert "A. left" in official.bucket.tasks.get(position=0).instruction
    assert Source.objects.get(bucket=official.bucket).may_be_passed_on
    with pytest.raises(LoadRefused, match="There is a benchmark named"):
        load_benchmark(
            actor=cast.researcher, entry=catalogue()["drawn-choices"], source=None, images=None, now=timezone.now(),
            limit=6,
        )  # fmt: skip


def test_files_that_are_not_there_leave_nothing(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(LoadRefused, match="can't be read"):
        load_benchmark(
            actor=cast.researcher, entry=catalogue()["mmbench"], source=tmp_path / "no.tsv", images=None,
            now=timezone.now(),
        )  # fmt: skip
    assert not Source.objects.exists()
