"""Rows become batches: only answers are learned, packed questions don't see each other, bad rows are named."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from inference.errors import SpecError
from inference.tests.vlm_makers import CONVOLUTIONAL, architecture_yaml, make_architecture, told
from inference.vlm.architecture import Architecture
from inference.vlm.build import Vlm, adapter_of, build_vlm
from inference.vlm.data.dataset import Ordered, Samples
from inference.vlm.data.easy_vqa import conversations, documents, known_of, only, text_only
from inference.vlm.data.kinds import read_row
from inference.vlm.data.preview import preview, samples_of
from inference.vlm.data.rows import BadData
from inference.vlm.recipe import SHIPPED, Stage, parse_recipe, read_recipe
from inference.vlm.training.loss import answer_loss

ASKED = ("what is this", "is this red", "what is the picture")


@pytest.fixture(scope="module")
def vlm(tmp_path_factory: pytest.TempPathFactory) -> Vlm:
    folder = tmp_path_factory.mktemp("models")
    built = build_vlm(make_architecture(folder), folder)
    built.model.train(False)
    return built


@pytest.fixture(autouse=True)
def pictures(tmp_path: Path) -> None:
    for name in ("red", "blue"):
        Image.new("RGB", (16, 16), name).save(tmp_path / f"{name}.png")


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def stage(path: Path, kind: str = "triplets", **extra: Any) -> Stage:
    data = [{"path": path.name, "kind": kind, "instruction": "what is this"}]
    return Stage.model_validate(
        {"id": "one", "data": data, "train": {"adapter": 0.001}, "batch_size": 2, "steps": 2, **extra}
    )


def triplets(*images: str) -> list[Any]:
    return [{"image": f"{image}.png", "instruction": asked, "answer": image} for image in images for asked in ASKED]


def learned(vlm: Vlm, samples: Samples) -> list[str]:
    decode = vlm.processor.tokenizer.decode
    return [
        decode([target for target in sample.targets if target >= 0])
        for sample in map(samples.__getitem__, range(len(samples)))
    ]


PART_RED, PART_BLUE = {"image": "red.png"}, {"image": "blue.png"}
KINDS: list[tuple[str, Any, str]] = [
    ("pairs", {"image": "red.png", "text": "red cat"}, "red cat </s>"),
    ("triplets", {"image": "red.png", "instruction": "what", "answer": "red"}, "red </s>"),
    (
        "interleaved",
        {"parts": [{"text": "one cat"}, PART_RED, {"text": "two dog"}, PART_BLUE, {"text": "here"}]},
        "cat two dog here </s>",
    ),
    (
        "conversations",
        {
            "messages": [
                {"role": "user", "content": [PART_RED, {"text": "what"}, PART_BLUE]},
                {"role": "assistant", "content": "red and blue"},
                {"role": "user", "content": "is this a cat"},
                {"role": "assistant", "content": "a dog"},
            ]
        },
        "red and blue </s> a dog </s>",
    ),
    (
        "conversations",
        {"messages": [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]},
        "two </s>",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "row", "expected"), KINDS)
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_only_what_the_model_should_say_is_learned(
    vlm: Vlm, tmp_path: Path, form: str, kind: str, row: Any, expected: str
) -> None:
    path = tmp_path / f"rows.{form}"
    if form == "jsonl":
        write(path, [row])
    else:
        import pyarrow
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist([of_one_type(row)]), path)
    samples = samples_of(vlm, stage(path, kind), tmp_path)
    assert (samples.problems, learned(vlm, samples)) == ([], [expected])


def of_one_type(row: Any) -> Any:
    """A column of Parquet can't hold texts in one row and lists in another."""
    if "messages" not in row:
        return row
    said = [(message["role"], message["content"]) for message in row["messages"]]
    return {
        "messages": [
            {"role": role, "content": [{"text": content}] if isinstance(content, str) else content}
            for role, content in said
        ]
    }


def test_a_packed_question_learns_what_it_learns_alone(vlm: Vlm, tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", triplets("red", "blue"))
    packed, alone = (samples_of(vlm, stage(path, pack=pack), tmp_path) for pack in (3, 1))
    assert (len(packed), len(alone)) == (2, 6)
    assert sum(len(packed[place].ids) for place in range(2)) < sum(len(alone[place].ids) for place in range(6))
    with torch.no_grad():
        losses = [float(answer_loss(vlm.model, batch(vlm, samples))) for samples in (packed, alone)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def batch(vlm: Vlm, samples: Samples) -> Any:
    from inference.vlm.data.collate import Collate

    return Collate(vlm.adapter, vlm.processor)([samples[place] for place in range(len(samples))])


def test_a_preview_shows_what_is_read_and_what_is_learned(vlm: Vlm, tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [*triplets("red"), {"image": "red.png"}])
    shown = "\n".join(preview(vlm, stage(path, pack=3), tmp_path))
    assert "1 samples, 1 bad rows" in shown
    assert "rows.jsonl, row 4: instruction: Field required" in shown
    assert shown.count("<image>") == 4
    assert all(f"{asked} </s> <assistant>【red </s>】" in shown for asked in ASKED), shown


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"image": "../red.png", "instruction": "what", "answer": "red"}', "row 2: The picture ../red.png lies"),
        ('{"image": "/red.png", "instruction": "what", "answer": "red"}', "row 2: The picture /red.png lies"),
        ("{nonsense", "line 2: this is not JSON"),
        ('{"image": "gone.png", "instruction": "what", "answer": "red"}', "row 2: The picture gone.png can't be"),
        ('{"image": "rows.jsonl", "instruction": "what", "answer": "red"}', "row 2: The picture rows.jsonl can't be"),
        ('{"image": "red.png", "instruction": "what", "answer": 3}', "row 2: answer: Input should be a valid string"),
        ('{"image": "red.png", "instruction": "<image>", "answer": "red"}', "row 2: the text holds the token <image>"),
        ('{"image": "red.png", "instruction": "' + "cat " * 90 + '", "answer": "red"}', "row 2: it has more than 64"),
    ],
)  # fmt: skip
def test_bad_rows_are_named_by_number_and_refused_unless_they_may_be_skipped(
    vlm: Vlm, tmp_path: Path, line: str, says: str
) -> None:
    path = write(tmp_path / "rows.jsonl", triplets("red")[:1])
    path.write_text(path.read_text() + line + "\n")
    samples = samples_of(vlm, stage(path, max_tokens=64), tmp_path)
    with pytest.raises(BadData) as error:
        samples.refuse_bad_rows(skip=False)
    assert f"rows.jsonl, {says}" in told(error)
    samples.refuse_bad_rows(skip=True)
    assert len(samples) == 1


def test_what_the_chat_template_refuses_is_a_bad_row(vlm: Vlm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "rows.jsonl", triplets("red")[:1])
    monkeypatch.setattr(vlm.processor, "chat_template", "{{ raise_exception('no pictures here') }}")
    with pytest.raises(
        BadData, match=r"row 1: the chat template can't write it: no pictures here; mend “chat_template”"
    ):
        samples_of(vlm, stage(path), tmp_path).refuse_bad_rows(skip=False)


def test_the_order_is_the_seeds_and_every_epoch_shows_every_sample() -> None:
    samples: Any = list(range(7))
    ordered, again = (Ordered(samples, 7, 21, seed=3) for _ in range(2))
    shown: list[Any] = [ordered[place] for place in range(21)]
    assert [again[place] for place in (20, 3, 11)] == [shown[place] for place in (20, 3, 11)]
    assert all(sorted(shown[start : start + 7]) == samples for start in (0, 7, 14))
    assert shown[:7] != shown[7:14]


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("learning_rate: 3", ["stages.0.learning_rate", "not known here", "train, batch_size"]),
        ("labels: {path: x.jsonl}", ["stages.0", "exactly one of “data”, “labels” and “preferences”"]),
        ("epochs: 2", ["stages.0", "exactly one of “epochs” and “steps”"]),
        ("save_every: 0", ["stages.0.save_every", "at least 1"]),
    ],
)
def test_a_recipe_with_a_fault_is_refused_by_line_and_key(extra: str, says: list[str]) -> None:
    model = "model:\n" + "".join(f"  {line}\n" for line in architecture_yaml().splitlines())
    stages = "stages:\n  - id: one\n    data: [{path: x.jsonl, kind: pairs}]\n    train: {adapter: 0.001}\n"
    with pytest.raises(SpecError) as error:
        parse_recipe(f"{model}{stages}    batch_size: 2\n    steps: 3\n    {extra}\n")
    assert [word for word in says if word not in told(error)] == []


def test_the_recipes_that_come_with_the_platform_are_sound() -> None:
    recipes = [read_recipe(Path(path.stem)) for path in SHIPPED.glob("*.yaml")]
    assert [adapter_of(recipe.model)[0].name for recipe in recipes if isinstance(recipe.model, Architecture)]
    kinds = {data.kind for recipe in recipes for stage in recipe.stages for data in stage.data or []}
    assert kinds == {"pairs", "interleaved", "triplets", "conversations"}
    assert [recipe.model.name for recipe in recipes] == [path.stem for path in SHIPPED.glob("*.yaml")]


def test_a_recipe_tells_every_path_that_leads_out_of_a_folder(tmp_path: Path) -> None:
    stages = "stages:\n  - {id: one, labels: {path: ./../x.jsonl}, train: {encoder: 0.1}, batch_size: 2, steps: 3}\n"
    further = parse_recipe("model: {name: more, base: ./vlm/../../base}\n" + stages + "evaluation: {path: /x.jsonl}\n")
    assert [key for key, _ in further.outside(tmp_path)] == ["model.base", "stages.0", "evaluation.path"]
    pinned = architecture_yaml().replace(f"config: {CONVOLUTIONAL}", "source: /clip").replace("./llm", "./../llm")
    model = "model:\n" + "".join(f"  {line}\n" for line in pinned.splitlines())
    found = parse_recipe(model + stages.replace("./../x", "./x")).outside(tmp_path)
    assert [key for key, _ in found] == ["model.encoder.source", "model.llm.source"]


def test_what_questions_say_of_a_picture() -> None:
    asked = [
        ("is there a red shape?", "no", 1),
        ("what is the color of the circle?", "teal", 1),
        ("does the image not contain a triangle?", "yes", 2),
        ("is there not a circle in the image?", "no", 3),
        ("is there a rectangle?", "no", 2),
    ]
    known = known_of(asked)
    assert (only(known[1]["colour"]), only(known[1]["shape"])) == ("teal", "circle")
    assert (only(known[2]["colour"]), only(known[2]["shape"]), only(known[3]["shape"])) == (None, "circle", "circle")


def test_rows_of_the_example_recipes_are_of_their_kinds() -> None:
    told = [{"image": f"{number}.png", "answer": "a red circle", "instruction": "what"} for number in range(4)]
    talks = [*conversations([*told, *told]), *text_only()]
    made = [("interleaved", row) for row in documents(told)] + [("conversations", row) for row in talks]
    pictures = [len(read_row(kind, row, "").images) for kind, row in made]
    assert pictures == [3, *[1] * 4, *[0] * 11]


def test_a_picture_that_is_lost_while_training_is_named_and_training_can_go_on(vlm: Vlm, tmp_path: Path) -> None:
    samples = samples_of(vlm, stage(write(tmp_path / "rows.jsonl", triplets("red"))), tmp_path)
    (tmp_path / "red.png").unlink()
    with pytest.raises(BadData, match=r"red.png can't be .*same command goes on"):
        batch(vlm, samples)
