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


@pytest.mark.parametrize("packed", MODELS, ids=[folder.name for folder in MODELS])
def test_a_shipped_model_is_small_and_answers_as_its_card_says(packed: Path, settings: "Settings") -> None:
    assert sum(path.stat().st_size for path in packed.iterdir()) < LIMIT
    folder = unpack(packed, settings.MODEL_DIR)
    claimed = json.loads((folder / "card.json").read_text())["evaluation"]
    model = engines()["transformers"].load(ModelSpec(engine="transformers", source=str(folder), device="cpu"), folder)
    test = package_data() / "test"
    rows = json.loads((test / "questions.json").read_text())
    rows = rows[:: len(rows) // ASKED][:ASKED]
    asked = [Request(text, None, (test / "images" / f"{image}.png",), GREEDY, 0) for text, _, image in rows]
    found = model.generate(asked, lambda: False)
    right = sum(
        isinstance(result, Result) and result.text == answer for result, (_, answer, _) in zip(found, rows, strict=True)
    )
    assert right / ASKED >= claimed["exact_match"] - 0.15


@pytest.mark.parametrize("packed", LORAS, ids=[folder.name for folder in LORAS])
def test_a_shipped_lora_lies_on_the_base_that_it_was_made_for(packed: Path, settings: "Settings") -> None:
    """And changes what that says."""
    for folder in (*MODELS, packed):
        unpack(folder, settings.MODEL_DIR)
    base = json.loads((packed / BASE).read_text())["source"]
    spec = ModelSpec(engine="transformers", source=base, lora=f"./vlm/{packed.name}", device="cpu")
    card = json.loads((packed / "card.json").read_text())
    assert card["recipe"]["model"]["base"] == base
    picture = package_data() / "test" / "images" / "0.png"
    asked = [Request(text, None, (picture,), GREEDY, 0) for text in (*CAPTIONS, SEARCH + "and what colour is it?")]
    said = [
        engines()["transformers"].load(one, settings.MODEL_DIR).generate(asked, lambda: False)
        for one in (spec, spec.model_copy(update={"lora": None}))
    ]
    assert all(isinstance(result, Result) for found in said for result in found), said
    texts = [[result.text for result in found if isinstance(result, Result)] for found in said]
    assert len(texts[0]) == len(texts[1]) == len(asked), said
    assert texts[0] != texts[1]
