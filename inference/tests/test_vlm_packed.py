"""A trained model is packed into what training made of it, and unpacked into the folder that pipelines name."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from inference.errors import ModelUnavailable, TrainingStopped
from inference.models.lora import CONFIG as LORA_CONFIG
from inference.tests.test_vlm_training import STAGES, make_recipe, quiet
from inference.vlm.packed.manifest import MANIFEST, PARTS
from inference.vlm.packed.unpack import unpack
from inference.vlm.packed.write import pack
from inference.vlm.training.run import train
from inference.vlm.training.work import RESULT

pytestmark = pytest.mark.slow
EVALUATION = """evaluation:
  path: ./rows.jsonl
  pack: 2
  generated: 3
  groups: {colour: [red, blue], number: [one, two]}
  captions: {path: ./captions.jsonl, words: [colour]}
  goals: {all: 0.01, captions: 1.0}
limits: Nothing but two colours.
"""


def silent(text: str) -> None:
    pass


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder in which `tiny` was trained and packed."""
    folder = tmp_path_factory.mktemp("models")
    stages = STAGES[: STAGES.index("evaluation:")].replace("epochs: 10", "epochs: 1").replace("steps: 12", "steps: 2")
    recipe = make_recipe(folder, stages + EVALUATION)
    rows = (folder / "rows.jsonl").read_text().splitlines(keepends=True)
    (folder / "captions.jsonl").write_text(rows[0] + rows[2])
    with pytest.raises(ModelUnavailable, match="Stage see is not trained to its end"):
        pack(recipe, folder, silent, folder / "packed" / "tiny")
    train(recipe, folder, quiet, device="cpu")
    pack(recipe, folder, silent, folder / "packed" / "tiny")
    return folder


def model_folder(packed: Path, folder: Path) -> Path:
    """Another machine: it has the LLM and nothing else."""
    (folder / "llm").symlink_to(packed / "llm")
    return folder


def test_another_machine_builds_the_very_model_that_was_packed_and_evaluated(packed: Path, tmp_path: Path) -> None:
    here = model_folder(packed, tmp_path)
    built = unpack(packed / "packed" / "tiny", here)
    ours, theirs = (load_file(folder / "model.safetensors") for folder in (built, packed / "vlm" / "tiny"))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert (built / "card.json").read_text() == (packed / "packed" / "tiny" / "card.json").read_text()
    changed = built.stat().st_mtime_ns
    assert unpack(packed / "packed" / "tiny", here).stat().st_mtime_ns == changed
    files = {path.name: path.stat().st_size for path in (packed / "packed" / "tiny").iterdir()}
    assert sum(files.values()) - files["README.md"] - files["card.json"] < (built / "model.safetensors").stat().st_size
    assert load_file(packed / "packed" / "tiny" / "say.lora.safetensors").popitem()[1].dtype == torch.float16


def test_a_stage_leaves_the_other_parts_alone_and_keeps_only_what_it_changed(packed: Path) -> None:
    see, say = (load_file(packed / "vlm" / ".work" / "tiny" / stage / RESULT) for stage in ("see", "say"))
    assert any("running_mean" in name for name in see)
    assert {name.split(".")[1] for name in say} == {"multi_modal_projector", "language_model"}
    assert all("lora_" in name for name in say if "language_model" in name)


def test_the_card_tells_by_group_what_holds_what_it_cost_and_what_it_can_not(packed: Path) -> None:
    card = json.loads((packed / "packed" / "tiny" / "card.json").read_text())
    found = card["evaluation"]
    assert found["generated"]["same"] == found["generated"]["questions"] == 3
    assert found["groups"]["colour"]["questions"] == found["groups"]["number"]["questions"] == 2
    assert found["captions"]["pictures"] == 2
    assert set(found["goals"]) == {"all", "captions"}
    assert [row["steps"] for row in card["training"]] == [1, 2]
    assert all(row["cpu_minutes"] > 0 for row in card["training"])
    assert card["cost"]["trained"] > card["cost"]["parameters"]["adapter"]
    assert "Nothing but two colours." in (packed / "vlm" / "tiny" / "README.md").read_text()


def test_another_llm_and_broken_files_are_named(packed: Path, tmp_path: Path) -> None:
    source, here = packed / "packed" / "tiny", tmp_path / "broken"
    here.mkdir()
    for path in source.iterdir():
        (here / path.name).write_bytes(path.read_bytes())
    (here / PARTS).write_bytes(b"half")
    with pytest.raises(ModelUnavailable, match=r"parts.safetensors can't be read"):
        unpack(here, model_folder(packed, tmp_path))
    text = (source / MANIFEST).read_text()
    digest = next(line for line in text.splitlines() if line.startswith("llm_sha256")).split()[1]
    (here / MANIFEST).write_text(text.replace(digest, "a" * 64))
    with pytest.raises(ModelUnavailable, match=r"trained on ./llm with the sha256 aaaa.*Install the version"):
        unpack(here, tmp_path)
    (here / MANIFEST).unlink()
    with pytest.raises(ModelUnavailable, match=r"holds no packed model: pack.yaml"):
        unpack(here, tmp_path)
    assert not list((tmp_path / "vlm").glob("tiny*"))


def test_a_low_rank_update_is_copied_and_what_was_trained_here_stays(tmp_path: Path) -> None:
    source = tmp_path / "weights" / "update"
    source.mkdir(parents=True)
    (source / LORA_CONFIG).write_text("{}")
    assert (unpack(source, tmp_path) / LORA_CONFIG).read_text() == "{}"
    (source / LORA_CONFIG).write_text("[]")
    assert (unpack(source, tmp_path) / LORA_CONFIG).read_text() == "[]"
    (tmp_path / "vlm" / "update" / "unpacked.sha256").unlink()
    (source / LORA_CONFIG).write_text("{}")
    assert (unpack(source, tmp_path) / LORA_CONFIG).read_text() == "[]"


def test_what_was_unpacked_is_replaced_by_a_training_with_consent_alone(tmp_path: Path) -> None:
    recipe = make_recipe(tmp_path)
    for name, files in {
        "tiny": ("config.json", "unpacked.sha256"),
        "update": ("adapter_config.json", "base.json"),
    }.items():
        (tmp_path / "vlm" / name).mkdir(parents=True)
        for file in files:
            (tmp_path / "vlm" / name / file).write_text('{"source": "./vlm/tiny"}')
    with pytest.raises(ModelUnavailable, match=r"was unpacked.* update would not fit.*another name.*--replace"):
        train(recipe, tmp_path, quiet, device="cpu")
    assert (tmp_path / "vlm" / "tiny" / "unpacked.sha256").exists()

    def stop() -> bool:
        raise TrainingStopped("it began")

    with pytest.raises(TrainingStopped):
        train(recipe, tmp_path, quiet, device="cpu", replace_unpacked=True, stop=stop)


def test_packing_replaces_packed_models_alone(packed: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("mine")
    with pytest.raises(ModelUnavailable, match="name a folder that is not there"):
        pack(make_recipe(packed), packed, silent, tmp_path)
    assert kept.read_text() == "mine"
