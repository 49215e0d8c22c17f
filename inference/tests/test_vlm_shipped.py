"""The models that come with the platform: unpacked, they answer as their cards say."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inference.declare import Request, Result
from inference.engines import engines
from inference.models.lora import BASE, CONFIG
from inference.spec.model import ModelSpec, Sampling
from inference.vlm.data.easy_vqa import package_data
from inference.vlm.data.task_words import CAPTIONS, SEARCH
from inference.vlm.packed.manifest import LIMIT, MANIFEST
from inference.vlm.packed.unpack import shipped, unpack

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.model
MODELS = [folder for folder in shipped() if (folder / MANIFEST).exists()]
LORAS = [folder for folder in shipped() if (folder / CONFIG).exists()]
ASKED = 24
GREEDY = Sampling(temperature=0, max_tokens=8)


def test_what_the_demo_names_is_shipped() -> None:
    assert [folder.name for folder in MODELS] == ["easy-vqa"]
    assert {folder.name for folder in LORAS} == {"captioner", "rephraser"}


@pytest.fixture
def model_dir(settings: "Settings") -> Path:
    """With all that is shipped; what is unpacked there already, stays."""
    for packed in (*MODELS, *LORAS):
        unpack(packed, settings.MODEL_DIR)
    return Path(settings.MODEL_DIR)


def answers_of(spec: ModelSpec, model_dir: Path, asked: list[Request]) -> list[str]:
    found = engines()["transformers"].load(spec, model_dir).generate(asked, lambda: False)
    assert all(isinstance(result, Result) for result in found), found
    return [result.text for result in found if isinstance(result, Result)]


@pytest.mark.parametrize("packed", MODELS, ids=[folder.name for folder in MODELS])
def test_a_shipped_model_is_small_and_answers_as_its_card_says(packed: Path, model_dir: Path) -> None:
    assert sum(path.stat().st_size for path in packed.iterdir()) < LIMIT
    folder = model_dir / "vlm" / packed.name
    claimed = json.loads((folder / "card.json").read_text())["evaluation"]
    test = package_data() / "test"
    rows = json.loads((test / "questions.json").read_text())
    rows = rows[:: len(rows) // ASKED][:ASKED]
    asked = [Request(text, None, (test / "images" / f"{image}.png",), GREEDY, 0) for text, _, image in rows]
    said = answers_of(ModelSpec(engine="transformers", source=str(folder), device="cpu"), folder, asked)
    right = sum(text == answer for text, (_, answer, _) in zip(said, rows, strict=True))
    assert right / ASKED >= claimed["exact_match"] - 0.15


def test_shipped_loras_lie_on_the_base_that_they_were_made_for(model_dir: Path) -> None:
    """And change what that says, each in its way."""
    picture = package_data() / "test" / "images" / "0.png"
    asked = [Request(text, None, (picture,), GREEDY, 0) for text in (*CAPTIONS, SEARCH + "and what colour is it?")]
    bases = {json.loads((packed / BASE).read_text())["source"] for packed in LORAS}
    assert len(bases) == 1
    [base] = bases
    spec = ModelSpec(engine="transformers", source=base, device="cpu")
    said = {"base": answers_of(spec, model_dir, asked)}
    for packed in LORAS:
        assert json.loads((packed / "card.json").read_text())["recipe"]["model"]["base"] == base
        said[packed.name] = answers_of(spec.model_copy(update={"lora": f"./vlm/{packed.name}"}), model_dir, asked)
    assert len({tuple(texts) for texts in said.values()}) == 1 + len(LORAS), said
