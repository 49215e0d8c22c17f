"""Stages train what they should, go on exactly where they were killed, and refuse what can't work."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from inference.declare import Request, Result
from inference.engines import engines
from inference.errors import ModelUnavailable, NotANumber, TrainingStopped
from inference.spec.model import ModelSpec, Sampling
from inference.tests.vlm_makers import architecture_yaml, make_architecture
from inference.vlm.build import build_vlm
from inference.vlm.recipe import Recipe, parse_recipe
from inference.vlm.training import memory
from inference.vlm.training.loss import answer_loss
from inference.vlm.training.memory import picture_bytes
from inference.vlm.training.run import train
from inference.vlm.training.stage import job_of, needed_bytes

pytestmark = pytest.mark.slow

STAGES = """
stages:
  - {id: see, labels: {path: ./labels.jsonl}, train: {encoder: 0.01}, batch_size: 4, epochs: 10, mirror: true}
  - id: say
    data: [{path: ./rows.jsonl, kind: triplets}]
    train: {adapter: 0.01, lora: {rate: 0.01, rank: 4}}
    batch_size: 2
    pack: 2
    steps: 12
    save_every: 5
evaluation: {path: ./rows.jsonl, pack: 2}
"""


def quiet(facts: Mapping[str, Any]) -> None:
    pass


def make_recipe(folder: Path, stages: str = STAGES, kind: str = "mlp") -> Recipe:
    """Two colours and two questions about each."""
    make_architecture(folder, kind)
    rows, labels = [], []
    for colour in ("red", "blue"):
        Image.new("RGB", (16, 16), colour).save(folder / f"{colour}.png")
        labels.append({"image": f"{colour}.png", "labels": {"colour": colour, "size": None}})
        rows += [
            {"image": f"{colour}.png", "instruction": "what is this", "answer": colour},
            {"image": f"{colour}.png", "instruction": "is this red", "answer": "one" if colour == "red" else "two"},
        ]
    for name, found in (("rows", rows), ("labels", labels)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in found))
    model = "model:\n" + "".join(f"  {line}\n" for line in architecture_yaml(kind).splitlines())
    return parse_recipe(model + stages)


def test_a_recipe_teaches_a_model_that_pipelines_then_use(tmp_path: Path) -> None:
    stages = STAGES.replace("lora: {rate: 0.01, rank: 4}", "llm: 0.01").replace("steps: 12", "steps: 40")
    folder = train(make_recipe(tmp_path, stages), tmp_path, quiet, device="cpu")
    card = json.loads((folder / "card.json").read_text())
    assert card["evaluation"]["exact_match"] == 1.0
    assert set(card["data_sha256"]) == {"./rows.jsonl", "./labels.jsonl"}
    assert "100.00%" in (folder / "README.md").read_text()
    model = engines()["transformers"].load(
        ModelSpec(engine="transformers", source="./vlm/tiny", device="cpu"), tmp_path
    )
    asked = [
        Request("what is this", None, (tmp_path / f"{colour}.png",), Sampling(temperature=0, max_tokens=4), 0)
        for colour in ("red", "blue")
    ]
    answers = model.generate(asked, lambda: False)
    assert [answer.text for answer in answers if isinstance(answer, Result)] == ["red", "blue"]


KILLED = """
import os, signal, sys
from pathlib import Path
from inference.tests.test_vlm_training import make_recipe
from inference.vlm.training.run import train
folder = Path(sys.argv[1])
def tell(facts):
    pass
from inference.vlm.training.trainer import Watch
def kill(self, args, state, control, **rest):
    if state.global_step == 8 and "say" in str(args.output_dir):
        os.kill(os.getpid(), signal.SIGKILL)
Watch.on_step_end = kill
train(make_recipe(folder), folder, tell, device="cpu")
"""


def test_after_kill_9_training_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
    train(make_recipe(whole), whole, quiet, device="cpu")
    died = subprocess.run([sys.executable, "-c", KILLED, str(cut)], check=False, capture_output=True, env=os.environ)
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    steps: list[float] = []
    train(make_recipe(cut), cut, lambda facts: steps.append(facts["step"]), device="cpu")
    assert min(steps) > 5
    ours, theirs = (load_file(folder / "vlm" / "tiny" / "model.safetensors") for folder in (cut, whole))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_checkpoint_that_was_cut_short_is_not_resumed_from(tmp_path: Path) -> None:
    recipe = make_recipe(tmp_path, STAGES.replace("steps: 12", "steps: 2"))
    begun = tmp_path / "vlm" / ".work" / "tiny" / "say" / "checkpoint-1"
    begun.mkdir(parents=True)
    (begun / "trained.safetensors").write_bytes(b"half")
    assert train(recipe, tmp_path, quiet, device="cpu").is_dir()


def test_what_can_not_work_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = STAGES.replace("steps: 12", "steps: 2").replace("epochs: 10", "epochs: 1")
    train(make_recipe(tmp_path, short), tmp_path, quiet, device="cpu")
    with pytest.raises(ModelUnavailable, match=r"changed since stage say was begun.*--again"):
        train(make_recipe(tmp_path, short.replace("rank: 4", "rank: 8")), tmp_path, quiet, device="cpu")
    with pytest.raises(ModelUnavailable, match=r"no linear layers called nose.*lora.layers"):
        train(make_recipe(tmp_path, short.replace("rank: 4", "layers: [nose]")), tmp_path, quiet, again=True)
    monkeypatch.setattr(memory, "free_bytes", lambda on: 1000)
    with pytest.raises(ModelUnavailable, match=r"Stage see can't fit.*smaller batch_size"):
        train(make_recipe(tmp_path, short), tmp_path, quiet, again=True, device="cpu")


def test_pictures_and_learned_tokens_count_for_memory(tmp_path: Path) -> None:
    see, say = make_recipe(tmp_path).stages
    vlm = build_vlm(make_recipe(tmp_path).model, tmp_path)
    need = {
        size: needed_bytes(vlm, stage, job_of(vlm, stage, tmp_path))
        for size in (4, 65_536)
        for stage in [see.model_copy(update={"batch_size": size})]
    }
    pixels = 3 * 16 * 16 * 4
    assert need[65_536] - need[4] > 65_532 * (pixels + 4 * 8 * 8 * 8)
    job = job_of(vlm, say, tmp_path)
    assert (job.learned_tokens, job.pictures) == (4, 1)
    fewer = needed_bytes(vlm, say, replace(job, learned_tokens=0))
    assert needed_bytes(vlm, say, job) - fewer == 2 * 4 * vlm.model.config.get_text_config().vocab_size * 3 * 4


def test_the_estimate_looks_at_an_encoder_of_tiles_too(tmp_path: Path) -> None:
    vlm = build_vlm(make_architecture(tmp_path, "cross_attention"), tmp_path)
    assert picture_bytes(vlm, trained=True) > 2 * picture_bytes(vlm, trained=False) > 0


def test_a_loss_that_is_no_number_ends_the_stage_and_leaves_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = make_recipe(tmp_path)
    calls: list[int] = []

    def breaks(model: Any, batch: Any) -> torch.Tensor:
        calls.append(1)
        return answer_loss(model, batch) * (float("nan") if len(calls) > 7 else 1.0)

    with monkeypatch.context() as patched:
        patched.setattr("inference.vlm.training.trainer.answer_loss", breaks)
        with pytest.raises(NotANumber, match=r"nan at step 8.*learning rates"):
            train(recipe, tmp_path, quiet, device="cpu")
    assert (tmp_path / "vlm" / ".work" / "tiny" / "say" / "checkpoint-5" / "whole").exists()
    assert train(recipe, tmp_path, quiet, device="cpu").is_dir()


def test_a_checkpoint_never_holds_what_is_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = make_recipe(tmp_path)
    calls: list[int] = []

    def explodes(model: Any, batch: Any) -> Any:
        calls.append(1)
        loss: Any = answer_loss(model, batch)
        if len(calls) == 10:  # the loss is sound, the step after it is not, and it is the one that is saved
            loss.register_hook(lambda gradient: gradient * float("inf"))
        return loss

    with monkeypatch.context() as patched:
        patched.setattr("inference.vlm.training.trainer.answer_loss", explodes)
        with pytest.raises(NotANumber, match=r"hold.*none any more.*last whole checkpoint is kept"):
            train(recipe, tmp_path, quiet, device="cpu")
    assert not (tmp_path / "vlm" / ".work" / "tiny" / "say" / "checkpoint-10" / "whole").exists()
    assert train(recipe, tmp_path, quiet, device="cpu").is_dir()


def test_what_is_stopped_while_it_is_evaluated_is_not_published(tmp_path: Path) -> None:
    short = STAGES.replace("steps: 12", "steps: 2").replace("epochs: 10", "epochs: 1")
    recipe, work = make_recipe(tmp_path, short), tmp_path / "vlm" / ".work" / "tiny"
    asked: list[bool] = []

    def stop() -> bool:  # the second time that it is asked after the last stage
        asked.append((work / "say" / "learned.safetensors").exists())
        return asked.count(True) > 1

    with pytest.raises(TrainingStopped):
        train(recipe, tmp_path, quiet, device="cpu", stop=stop)
    assert not (tmp_path / "vlm" / "tiny").exists()
    assert train(recipe, tmp_path, quiet, device="cpu").is_dir()


def test_a_model_never_takes_the_place_of_something_else(tmp_path: Path) -> None:
    recipe = make_recipe(tmp_path)
    notes = tmp_path / "vlm" / "tiny" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("mine")
    with pytest.raises(ModelUnavailable, match="something else than a model"):
        train(recipe, tmp_path, quiet, device="cpu")
    named = recipe.model_copy(update={"model": recipe.model.model_copy(update={"name": "data"})})
    with pytest.raises(ModelUnavailable, match="another name"):
        train(named, tmp_path, quiet, device="cpu")
    assert notes.read_text() == "mine"


EVERY_KIND = """
stages:
  - {id: pairs, data: [{path: ./pairs.jsonl, kind: pairs}], train: {adapter: 0.01}, batch_size: 2, steps: 2}
  - {id: documents, data: [{path: ./documents.jsonl, kind: interleaved}], train: {llm: 0.01}, batch_size: 2, steps: 2}
  - id: converse
    data: [{path: ./talk.jsonl, kind: conversations}, {path: ./text.jsonl, kind: conversations}]
    train: {adapter: 0.01, lora: {rate: 0.01}}
    batch_size: 2
    steps: 2
  - {id: say, data: [{path: ./rows.jsonl, kind: triplets}], train: {encoder: 0.01, adapter: 0.01, llm: 0.01},
     batch_size: 4, steps: 30}
evaluation: {path: ./rows.jsonl}
"""


def test_every_kind_of_data_teaches_by_cross_attention_too(tmp_path: Path) -> None:
    recipe = make_recipe(tmp_path, EVERY_KIND, "one_tile")
    red, blue = {"image": "red.png"}, {"image": "blue.png"}
    said = {"role": "assistant", "content": "red"}
    for name, row in {
        "pairs": {**red, "text": "red"},
        "documents": {"parts": [{"text": "two"}, red, {"text": "red and"}, blue, {"text": "blue"}]},
        "talk": {"messages": [{"role": "user", "content": [red, {"text": "what is this"}]}, said]},
        "text": {"messages": [{"role": "user", "content": "what is red"}, said]},
    }.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    folder = train(recipe, tmp_path, quiet, device="cpu")
    card = json.loads((folder / "card.json").read_text())
    assert card["evaluation"]["exact_match"] == 1.0
    assert card["cost"]["family"] == "cross-attention"
