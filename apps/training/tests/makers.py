"""Trainings and models as rows, as a worker leaves them behind; nothing is trained."""

import base64
import json
from pathlib import Path

from apps.accounts.models import User
from apps.training.models import TrainedModel, Training, TrainingPoint, TrainingSample, TrainingState

RECIPE = """\
model:
  name: tiny
  encoder: {config: {model_type: convolutional_vision}}
  adapter: {kind: mlp}
  llm: {source: ./llm}
stages:
  - {id: see, labels: {path: ./labels.jsonl}, train: {encoder: 0.01}, batch_size: 4, epochs: 10}
  - id: say
    data: [{path: ./rows.jsonl, kind: triplets}]
    train: {adapter: 0.01}
    batch_size: 2
    steps: 40
evaluation: {path: ./rows.jsonl}
"""
DOT = base64.b64decode(  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
PARTS = {
    "family": "prompt-based",
    "classes": {"model": "LlavaForConditionalGeneration", "llm": "llama"},
    "parameters": {"encoder": 10_000, "adapter": 2_000, "llm": 134_515_008},
    "image_tokens": 4,
    "context_tokens": 8192,
}
CARD = {"evaluation": {"questions": 9673, "exact_match": 0.9571}, "recipe": {"model": {"name": "tiny"}}}
README = "# tiny\n\nAn encoder.\n\n| answer | right |\n|---|---|\n| red | 99 % |\n\n```yaml\nmodel: <b>tiny</b>\n```\n"


def stage_report(name: str, **facts: object) -> dict[str, object]:
    found = {"id": name, "samples": 4000, "trained": 12_000, "needed_bytes": 5_000_000, "free_bytes": 9_000_000_000}
    return {**found, "problem": "", "fits": True, "preview": ["1. 12 tokens", "<user> is it red 【yes】"], **facts}


def make_training(writer: User, *, state: TrainingState = TrainingState.RUNNING, name: str = "tiny") -> Training:
    """At step 20 of 40 of its second stage, with curves and a question that was asked twice."""
    training = Training.objects.create(
        name=name,
        source=RECIPE.replace("name: tiny", f"name: {name}"),
        stages=2,
        created_by=writer,
        state=state,
        report={
            "parts": PARTS,
            "device": "cpu",
            "stages": [stage_report("see"), stage_report("say")],
            "is_sound": True,
        },
        stage="say",
        place=2,
        step=20,
        steps=40,
        saved_step=15,
    )
    TrainingPoint.objects.bulk_create(
        TrainingPoint(training=training, place=place, stage=stage, step=step, loss=2.5 / step, right=step / 40)
        for place, stage in ((1, "see"), (2, "say"))
        for step in range(5, 25, 5)
    )
    said = [
        {"place": 2, "stage": "say", "step": step, "text": text} for step, text in ((0, "a <b>dog</b>"), (20, "red"))
    ]
    TrainingSample.objects.create(
        training=training, number=1, instruction="what is this", expected="red", picture=DOT, said=said
    )
    return training


def make_model(name: str, *, sha256: str = "a" * 64) -> TrainedModel:
    return TrainedModel.objects.create(
        name=name, sha256=sha256, files={"model.safetensors": "b" * 64}, card=CARD, readme=README
    )


def make_folder(folder: Path, weights: bytes) -> Path:
    """A model folder as a training leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "card.json").write_text(json.dumps({"evaluation": {"exact_match": 0.9}}))
    (folder / "README.md").write_text("# tiny")
    return folder
