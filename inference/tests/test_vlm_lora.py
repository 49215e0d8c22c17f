"""Several LoRAs on one model: each answers as if it were merged, and one that does not belong is refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from inference.declare import Model, Request, Result
from inference.engines import engines
from inference.errors import ModelUnavailable, SpecError
from inference.models.local import LocalModel
from inference.models.lora import BASE, CONFIG, UPDATE, sample, write_base
from inference.spec.model import ModelSpec, Sampling
from inference.tests.makers import make_image_model
from inference.tests.test_vlm_training import make_recipe, quiet
from inference.vlm.architecture import Further
from inference.vlm.build import build_vlm
from inference.vlm.recipe import parse_recipe
from inference.vlm.training.run import train

pytestmark = pytest.mark.model
LAYERS = ["model.language_model.layers.0.self_attn.q_proj", "model.language_model.layers.1.mlp.up_proj"]


def base_model(folder: Path) -> Any:
    from transformers import LlavaForConditionalGeneration

    return LlavaForConditionalGeneration.from_pretrained(folder / "base")


def make_lora(folder: Path, name: str, seed: int) -> None:
    """Also `<name>-merged`, the model with it merged."""
    from peft import LoraConfig, get_peft_model

    model = base_model(folder)
    made_on = sample(model, LAYERS)
    torch.manual_seed(seed)
    lora: Any = get_peft_model(model, LoraConfig(r=4, lora_alpha=4000, target_modules=LAYERS, init_lora_weights=False))
    lora.save_pretrained(folder / name)
    write_base(folder / name, "./base", made_on)
    make_image_model(folder / f"{name}-merged")
    lora.merge_and_unload().save_pretrained(folder / f"{name}-merged")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models")
    make_image_model(made / "base")
    make_lora(made, "first", 1)
    make_lora(made, "second", 2)
    return made


def load(folder: Path, source: str, lora: str | None = None) -> Model:
    spec = ModelSpec(engine="transformers", source=f"./{source}", device="cpu", lora=lora and f"./{lora}")
    return engines()["transformers"].load(spec, folder)


def texts(model: Model, picture: Path) -> list[str]:
    sampling = Sampling(temperature=1, max_tokens=12)
    asked = [Request(text, None, (picture,), sampling, seed) for seed, text in enumerate(["what is this", "red one"])]
    return [result.text for result in model.generate(asked, lambda: False) if isinstance(result, Result)]


def test_loras_share_a_base_in_memory_and_answer_as_if_merged(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "red.png"
    Image.new("RGB", (16, 16), "red").save(picture)
    expected = [texts(load(folder, source), picture) for source in ("base", "first-merged", "second-merged")]
    shared: list[Any] = [load(folder, "base", lora) for lora in (None, "first", "second")]
    assert len({id(model.weights.model) for model in shared}) == 1
    assert [texts(model, picture) for model in shared] == expected
    assert [texts(model, picture) for model in shared[::-1]] == expected[::-1]
    assert len({tuple(found) for found in expected}) == 3


def test_the_record_tells_loras_apart_by_content(folder: Path) -> None:
    records = [load(folder, "base", lora).describe() for lora in (None, "first", "second")]
    assert records[0] == {name: value for name, value in records[1].items() if name != "lora"}
    assert records[1]["lora"]["files"][UPDATE] != records[2]["lora"]["files"][UPDATE]


def test_what_does_not_belong_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"first was made for another model than \./second-merged.*train"):
        load(folder, "second-merged", "first")
    with pytest.raises(ModelUnavailable, match=r"no LoRA in .*nothing: adapter_config.json"):
        load(folder, "base", "nothing")
    for kept in ("adapter_config.json", UPDATE):
        (tmp_path / kept).write_bytes((folder / "first" / kept).read_bytes())
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    spec = ModelSpec(engine="transformers", source="./base", device="cpu", lora=str(tmp_path))
    for change, told in (({"target_modules": ["nose"]}, "nose"), ({"r": 8}, "."), ({"peft_type": "IA3"}, "LoRA")):
        (tmp_path / "adapter_config.json").write_text(json.dumps({**config, **change}))
        with pytest.raises(ModelUnavailable, match=rf"can't be laid on \./base: .*{told}"):
            engines()["transformers"].load(spec, folder)
    assert not (tmp_path / BASE).exists()


def test_what_is_shipped_is_put_in_place_when_it_is_first_asked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder / "first", tmp_path / "first")
    monkeypatch.setattr("inference.models.shipped.WEIGHTS", tmp_path)
    found, known = (load(folder, "base", lora).describe()["lora"]["files"] for lora in ("vlm/first", "first"))
    assert found == known
    with pytest.raises(ModelUnavailable, match="no LoRA"):
        load(folder, "base", "vlm/second")


BASE_STAGES = """
stages:
  - id: say
    data: [{path: ./rows.jsonl, kind: triplets}]
    train: {adapter: 0.01}
    batch_size: 4
    steps: 1
"""
FURTHER = """
model: {name: taught, base: ./vlm/tiny}
stages:
  - id: more
    data: [{path: ./rows.jsonl, kind: triplets}]
    train: {lora: {rate: 0.01, rank: 4, merge: false}}
    batch_size: 4
    steps: 2
"""


@pytest.mark.slow
def test_a_finished_model_is_trained_further_and_its_lora_is_kept_apart(tmp_path: Path) -> None:
    train(make_recipe(tmp_path, BASE_STAGES), tmp_path, quiet, device="cpu")
    folder = train(parse_recipe(FURTHER), tmp_path, quiet, device="cpu")
    assert {path.name for path in folder.iterdir()} == {CONFIG, UPDATE, BASE, "card.json", "README.md"}
    assert "./vlm/tiny/model.safetensors" in json.loads((folder / "card.json").read_text())["data_sha256"]
    assert "LoRA alone" in (folder / "README.md").read_text()
    assert load(tmp_path, "vlm/tiny", "vlm/taught").describe()["lora"]["source"] == "./vlm/taught"
    for wrong, told in (
        (FURTHER.replace("./vlm/tiny", "tiny"), "model.base"),
        (FURTHER.replace("{lora", "{adapter: 0.1, lora"), "nothing but lora"),
    ):
        with pytest.raises(SpecError, match=told):
            parse_recipe(wrong)
    with pytest.raises(ModelUnavailable, match=r"\./rows is no finished model|no model in"):
        build_vlm(Further(name="x", base="./rows"), tmp_path)


def test_weights_are_shared_until_their_folder_is_replaced(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "base", tmp_path / "base")
    shutil.copytree(folder / "first", tmp_path / "first")
    plain, adapted = load(tmp_path, "base"), load(tmp_path, "base", "first")
    assert isinstance(plain, LocalModel)
    assert isinstance(adapted, LocalModel)
    assert adapted.weights.model is plain.weights.model
    shutil.copytree(tmp_path / "base", tmp_path / "new")
    (tmp_path / "base").rename(tmp_path / "old")
    (tmp_path / "new").rename(tmp_path / "base")
    again = load(tmp_path, "base")
    assert isinstance(again, LocalModel)
    assert again.weights.model is not plain.weights.model
