"""The whole loop: people judge, their judgments are exported, a model is aligned with them."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from datasets import Dataset, Image, List
from django.core.management import call_command

from apps.accounts.tests.makers import make_user
from apps.assessment.tests.makers import make_evaluation, make_judgment
from inference.tests.vlm_makers import architecture_yaml, make_architecture

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from conftest import Cast

STAGES = """
stages:
  - id: align
    preferences: {paths: [./pairs.parquet, ./pairs/pairs.jsonl]}
    train: {lora: {rate: 0.001, rank: 2}}
    batch_size: 2
    steps: 2
"""


@pytest.mark.slow
def test_what_people_preferred_aligns_a_model(cast: Cast, tmp_path: Path, settings: Settings) -> None:
    settings.MODEL_DIR = tmp_path
    person = make_user("person@example.org")
    says = {f"t{number}": "a red cat" for number in range(3)}
    evaluation = make_evaluation(cast.researcher, assessors=[person], tasks=3, overlap=1, images=1, says=says)
    for verdict in ("a", "tie", "b"):
        make_judgment(evaluation, assessor=person, verdict=verdict)
    for form, name in (("parquet", "pairs.parquet"), ("jsonl", "pairs.zip")):
        call_command("export_preferences", str(evaluation.public_id), format=form, out=tmp_path / name)
    with zipfile.ZipFile(tmp_path / "pairs.zip") as archive:
        archive.extractall(tmp_path / "pairs")
    table = Dataset.from_parquet(str(tmp_path / "pairs.parquet"), cache_dir=str(tmp_path / "cache"))
    assert table.features["images"] == List(Image())
    assert [shown.size for row in table for shown in row["images"]] == [(16, 12)] * 2
    make_architecture(tmp_path)
    recipe = tmp_path / "tiny.yaml"
    model = "model:\n" + "".join(f"  {line}\n" for line in architecture_yaml().splitlines())
    recipe.write_text(model + STAGES)
    call_command("vlm", "train", str(recipe), "--device", "cpu")
    card = json.loads((tmp_path / "vlm" / "tiny" / "card.json").read_text())
    assert set(card["data_sha256"]) == {"./pairs.parquet", "./pairs/pairs.jsonl"}
