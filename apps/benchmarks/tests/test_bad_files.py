"""Rows that can't be used are counted, named and left out, or the file is refused; nothing is guessed or crashes."""

import base64
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext
from pyarrow import parquet

from apps.benchmarks.catalogue import catalogue
from apps.benchmarks.domain.questions import Malformed, Question
from apps.benchmarks.loaders import Pictures
from apps.benchmarks.loaders.fields import right_letter
from apps.benchmarks.models import Source
from apps.benchmarks.queries import items_of
from apps.benchmarks.services import LoadRefused, load_benchmark
from apps.benchmarks.tests.test_loading import png, read, write
from conftest import Cast

pytestmark = pytest.mark.slow


def test_what_a_2_means_is_not_guessed() -> None:
    choices = {"A": "0", "B": "2", "C": "3"}
    assert [right_letter("2", choices, given) for given in ("index", "text")] == ["C", "B"]
    for given in ("letter", "nothing"):
        with pytest.raises(Malformed, match="none of its choices"):
            right_letter("2", choices, given)
    with pytest.raises(Malformed, match="by index"):
        right_letter("9", choices, "index")


def test_mathvista_s_lists_numbers_and_metadata_stay_what_they_are(tmp_path: Path) -> None:
    common = {"decoded_image": {"bytes": png("red"), "path": None}, "query": "?", "metadata": {"task": "t"}}
    rows = [
        {"pid": "1", "choices": ["0", "2", "3"], "answer": "2", **common},
        {"pid": "2", "choices": None, "answer": "[1, 2]", "precision": float("nan"), **common},
        {"pid": "3", "choices": None, "answer": "4", **common, "decoded_image": None},
    ]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    one, two, none = read("parquet", tmp_path, tmp_path, catalogue()["mathvista"].options)
    assert isinstance(one, Question)
    assert isinstance(two, Question)
    assert (one.references, two.references, one.facts["task"]) == (["B"], ["[1, 2]"], "t")
    assert "no picture in decoded_image" in str(none)
    json.dumps(dict(two.facts), allow_nan=False)


def test_a_okvqa_leaves_out_what_is_too_difficult_for_direct_answers(tmp_path: Path) -> None:
    row = {"question_id": "a", "question": "?", "image": {"bytes": png("red")}, "direct_answers": str(["x"] * 10)}
    rows = [{**row, "difficult_direct_answer": False}, {**row, "question_id": "b", "difficult_direct_answer": True}]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    [question] = read("parquet", tmp_path, tmp_path, catalogue()["a-okvqa"].options)
    assert isinstance(question, Question)
    assert (question.key, list(question.references)) == ("a", ["x"] * 10)


def test_mmmu_is_read_as_it_is_published(tmp_path: Path) -> None:
    row = {"id": "validation_Art_1", "question": "<image 1>?", "options": "['x', 'y']", "answer": "B"}
    picture = {"image_1": {"bytes": png("red"), "path": "a.png"}, "image_2": None}
    parquet.write_table(pa.Table.from_pylist([{**row, **picture}, {**row, "image_1": None}]), tmp_path / "t.parquet")
    question, bad = read("mmmu", tmp_path, tmp_path)
    assert isinstance(question, Question)
    assert (question.category, question.facts["discipline"], len(question.images)) == ("Art", "Art and Design", 1)
    assert "no picture" in str(bad)


def rows_left_out(loader: str, folder: Path) -> list[tuple[int, str]]:
    return [(each.place, str(each)) for each in read(loader, folder, folder) if isinstance(each, Malformed)]


def test_fields_that_are_missing_or_impossible_are_named(tmp_path: Path) -> None:
    write(tmp_path / "v" / "questions.json", {"questions": [{"question_id": 1, "question": "?"}]})
    truth = {"question_id": 1, "answers": [{"answer": "x"}]}
    write(tmp_path / "v" / "annotations.json", {"annotations": [truth]})
    assert "no `image_id`" in rows_left_out("vqa", tmp_path / "v")[0][1]
    problem = {"question": "?", "choices": ["x", "y"], "answer": 99}
    write(tmp_path / "s" / "problems.json", {"1": problem})
    write(tmp_path / "s" / "pid_splits.json", {"test": ["1", "2"]})
    first, second = rows_left_out("scienceqa", tmp_path / "s")
    assert "“99” is none of its choices" in first[1]
    assert "no `choices`" in second[1]
    names = ("category", "subcategory", "set_id", "figure_id", "question_id", "visual_input", "question")
    write(tmp_path / "h" / "h.json", [dict.fromkeys(names, "1") | {"gt_answer": "2"}])
    assert "must be 1 for yes or 0 for no" in rows_left_out("hallusionbench", tmp_path / "h")[0][1]


@pytest.mark.parametrize(
    ("loader", "files"),
    [
        ("vqa", {"questions.json": [], "annotations.json": {"annotations": []}}),
        ("vqa", {"questions.json": {"questions": []}, "annotations.json": {"answers": []}}),
        ("pope", {"coco_pope_random.json": ["text"]}),
        ("scienceqa", {"problems.json": {}, "pid_splits.json": {"train": []}}),
        ("scienceqa", {"problems.json": {}, "pid_splits.json": {"test": 5}}),
        ("hallusionbench", {"h.json": f"[{'1' * 5000}]"}),
        ("docvqa", {"val.json": []}),
        ("coco_caption", {"captions.json": {"images": [], "annotations": 5}}),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, loader: str, files: dict[str, Any]) -> None:
    for name, body in files.items():
        write(tmp_path / name, body)
    with pytest.raises(Malformed):
        read(loader, tmp_path, tmp_path)


def test_a_line_that_is_no_object_costs_itself_alone(tmp_path: Path) -> None:
    """U+2028 ends no line of JSON Lines, though it does elsewhere."""
    row = {"question_id": 1, "image": "a.png", "text": "Is it\u2028here?", "label": "yes"}
    (tmp_path / "a.png").write_bytes(png("red"))
    lines = [json.dumps(row, ensure_ascii=False), '{"question_id": 2,', "[3]", json.dumps({**row, "question_id": 4})]
    write(tmp_path / "coco_pope_random.json", "\n".join(lines))
    first, second, third, last = read("pope", tmp_path, tmp_path)
    assert isinstance(first, Question)
    assert isinstance(last, Question)
    bad = [(each.place, str(each)[:20]) for each in (second, third) if isinstance(each, Malformed)]
    assert bad == [(2, "This line is not JSO"), (3, "It is not an object.")]


def test_a_caption_that_is_none_is_counted(tmp_path: Path) -> None:
    """Fewer references would change the scores in silence."""
    images = [{"id": 1, "file_name": "a.png"}]
    annotations = [{"image_id": 1, "caption": "A cat."}, "A dog.", {"image_id": 1, "caption": ""}]
    write(tmp_path / "captions.json", {"images": images, "annotations": annotations})
    (tmp_path / "a.png").write_bytes(png("red"))
    first, second, question = read("coco_caption", tmp_path, tmp_path)
    assert isinstance(question, Question)
    assert list(question.references) == ["A cat."]
    bad = [(each.place, str(each)[:22]) for each in (first, second) if isinstance(each, Malformed)]
    assert bad == [(2, "It is not an object. W"), (3, "It has no `caption`. F")]


def test_what_is_wrong_is_said_in_the_reader_s_language(tmp_path: Path) -> None:
    write(tmp_path / "problems.json", {"1": "text"})
    write(tmp_path / "pid_splits.json", {"test": ["1"]})
    with translation.override("ru"):
        [bad] = read("scienceqa", tmp_path, tmp_path)
        wanted = gettext("It has no `%(name)s`. Fill it in, or correct its name.") % {"name": "choices"}
    assert isinstance(bad, Malformed)
    assert str(bad) == wanted


def test_a_file_without_questions_is_no_benchmark(cast: Cast, tmp_path: Path) -> None:
    write(tmp_path / "HallusionBench.json", [])
    with pytest.raises(LoadRefused, match="The file has no question"):
        load_benchmark(
            actor=cast.researcher, entry=catalogue()["hallusionbench"], source=tmp_path, images=None,
            now=timezone.now(),
        )  # fmt: skip


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_bytes("index\tquestion\tanswer\n1\tДа?\tда\n".encode("cp1251"))
    with pytest.raises(Malformed, match="no table in UTF-8"):
        read("vlmevalkit", tmp_path / "t.tsv", tmp_path)


def test_a_picture_is_read_and_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(png("red"))
    pictures = Pictures(tmp_path, tmp_path / "a.png")  # beside the table, where that is a file
    first = pictures.named("a.png")
    monkeypatch.setattr("apps.benchmarks.loaders.check_picture", None)
    assert pictures.named("a.png") == pictures.embedded(png("red")) == first
    for name in ("x" * 5000, "a\0.png"):
        with pytest.raises(Malformed, match="no picture"):
            pictures.named(name)


def test_what_no_bucket_holds_is_left_out_by_row_and_the_rest_is_loaded(cast: Cast, tmp_path: Path) -> None:
    row = {"instruction": "?", "references": ["x"]}
    rows = [
        {"key": " cafe\u0301 ", **row, "facts": {"references": "kept apart"}},
        {"key": "caf\u00e9", **row},
        {"key": "long", **row, "instruction": "x" * 30_000},
        {"key": "nul", **row, "choices": ["\0", "x"]},
        {"key": "nan", **row, "facts": {"a": float("nan")}},
        {"key": "half", **row, "category": "\ud800"},
        {"key": "many", **row, "references": ["x"] * 30},
    ]
    write(tmp_path / "t.jsonl", "\n".join(json.dumps(each) for each in rows))
    entry = replace(catalogue()["gqa"], loader="bucket", options={})
    loaded = load_benchmark(
        actor=cast.researcher, entry=entry, source=tmp_path / "t.jsonl", images=None, now=timezone.now()
    )
    assert [each.place for each in loaded.left_out] == [2, 3, 4, 5, 6, 7]
    [item] = items_of(loaded.benchmarks[0].bucket).values()
    assert (item.id, item.references) == ("café", ("x",))


def test_a_picture_that_no_bucket_takes_costs_its_row_alone(cast: Cast, tmp_path: Path) -> None:
    svg = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>" + b" " * 60).decode()
    lines = [("index", "image", "question", "answer")]
    lines += [("1", base64.b64encode(png("red")).decode(), "?", "x"), ("2", svg, "?", "x")]
    write(tmp_path / "t.tsv", "\n".join("\t".join(line) for line in lines))
    entry = catalogue()["realworldqa"]
    loaded = load_benchmark(
        actor=cast.researcher, entry=entry, source=tmp_path / "t.tsv", images=None, now=timezone.now()
    )
    assert [(each.place, each.key) for each in loaded.left_out] == [(2, "2")]


def test_a_pinned_revision_of_a_hub_is_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    row = {"question_id": 1, "question": "?", "answers": ["x"] * 10, "image": {"bytes": png("red"), "path": None}}

    class Table(list[dict[str, Any]]):
        features: dict[str, Any] = {}

    def load(data: str, /, **options: Any) -> Table:
        asked.update(options, data=data)
        return Table([row])

    monkeypatch.setitem(sys.modules, "datasets", SimpleNamespace(Image=object, load_dataset=load))
    entry, source = catalogue()["textvqa"], Path(f"owner/name@{'a' * 40}")
    load_benchmark(actor=cast.researcher, entry=entry, source=source, images=None, now=timezone.now())
    assert (asked["data"], asked["revision"], asked["split"]) == ("owner/name", "a" * 40, "validation")
    kept = Source.objects.get()
    assert (kept.origin, kept.revision, len(kept.sha256)) == ("owner/name", "a" * 40, 64)
    with pytest.raises(LoadRefused, match="not read from a hub"):
        load_benchmark(
            actor=cast.researcher, entry=catalogue()["mmbench"], source=source, images=None, now=timezone.now()
        )


def test_a_limit_below_1_is_refused(cast: Cast) -> None:
    with pytest.raises(LoadRefused, match="at least 1"):
        load_benchmark(
            actor=cast.researcher, entry=catalogue()["drawn-pairs"], source=None, images=None, now=timezone.now(),
            limit=0,
        )  # fmt: skip
