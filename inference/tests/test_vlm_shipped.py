"""The models that come with the platform: unpacked, they answer as their cards say."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inference.declare import Request, Result
from inference.engines import engines
from inference.spec.model import ModelSpec, Sampling
from inference.vlm.data.easy_vqa import package_data
from inference.vlm.packed.manifest import LIMIT, MANIFEST
from inference.vlm.packed.unpack import shipped, unpack

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.model
MODELS = [folder for folder in shipped() if (folder / MANIFEST).exists()]
ASKED = 24


@pytest.mark.parametrize("packed", MODELS, ids=[folder.name for folder in MODELS])
def test_a_shipped_model_is_small_and_answers_as_its_card_says(packed: Path, settings: "Settings") -> None:
    assert sum(path.stat().st_size for path in packed.iterdir()) < LIMIT
    folder = unpack(packed, settings.MODEL_DIR)
    claimed = json.loads((folder / "card.json").read_text())["evaluation"]
    model = engines()["transformers"].load(ModelSpec(engine="transformers", source=str(folder), device="cpu"), folder)
    test = package_data() / "test"
    rows = json.loads((test / "questions.json").read_text())
    rows = rows[:: len(rows) // ASKED][:ASKED]
    greedy = Sampling(temperature=0, max_tokens=8)
    asked = [Request(text, None, (test / "images" / f"{image}.png",), greedy, 0) for text, _, image in rows]
    found = model.generate(asked, lambda: False)
    right = sum(
        isinstance(result, Result) and result.text == answer for result, (_, answer, _) in zip(found, rows, strict=True)
    )
    assert right / ASKED >= claimed["exact_match"] - 0.15
