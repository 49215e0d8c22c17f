"""The model card: what it was made of and with, what it cost and what it can do, as `README.md` and `card.json`."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import peft
import torch
import transformers
from safetensors import safe_open

from inference.vlm.build import Vlm
from inference.vlm.describe import describe
from inference.vlm.recipe import ALL, CAPTIONS, EvaluationSpec, Recipe
from inference.vlm.training.card_text import card_text
from inference.vlm.training.evaluate import Counts, Score
from inference.vlm.training.parts import LORA
from inference.vlm.training.work import RESULT, all_hashes, spent, work_folder
from inference.vlm.training.written import Written

CARD = "card.json"


@dataclass(frozen=True)
class Assessed:
    spec: EvaluationSpec
    score: Score
    written: Written


def facts_of(vlm: Vlm, recipe: Recipe, assessed: Assessed | None, model_dir: Path) -> dict[str, Any]:
    work = work_folder(recipe.model.name, model_dir)
    return {
        "recipe": recipe.model_dump(mode="json", exclude_defaults=True),
        "architecture": vlm.architecture.model_dump(mode="json", exclude_defaults=True),
        "cost": {**asdict(describe(vlm)), "trained": trained_parameters(vlm, recipe, work)},
        "training": [{"stage": stage.id, **asdict(spent(work / stage.id))} for stage in recipe.stages],
        "evaluation": None if assessed is None else evaluation(assessed),
        "data_sha256": all_hashes(recipe, model_dir),
        "code_sha256": code_hash(),
        "libraries": {found.__name__: found.__version__ for found in (torch, transformers, peft)},
    }


def write_card(folder: Path, recipe: Recipe, facts: Mapping[str, Any]) -> None:
    (folder / CARD).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
    (folder / "README.md").write_text(card_text(recipe, facts))


def evaluation(found: Assessed) -> dict[str, Any]:
    spec, score, written = found.spec, found.score, found.written
    groups = {name: score.of(set(answers)) for name, answers in spec.groups.items()}
    reached = {ALL: score.share} | {name: share(counts) for name, counts in groups.items()}
    facts: dict[str, Any] = {
        "questions": len(score.rows),
        "exact_match": round(score.share, 4),
        "groups": {name: counted(counts) for name, counts in groups.items()},
        "by_answer": {answer: counted(counts) for answer, counts in score.by_answer.items()},
    }
    if written.captions is not None:
        reached[CAPTIONS] = share(written.captions)
        facts["captions"] = {"pictures": written.captions[0], "right": round(reached[CAPTIONS], 4)}
    if written.questions:
        facts["generated"] = {
            "questions": written.questions,
            "same": written.same,
            "prompt_tokens": round(written.prompt_tokens, 1),
        }
    facts["goals"] = {
        name: {"goal": goal, "reached": round(reached[name], 4), "holds": reached[name] >= goal}
        for name, goal in spec.goals.items()
    }
    return facts


def share(counts: Counts) -> float:
    return counts[1] / max(counts[0], 1)


def counted(counts: Counts) -> dict[str, Any]:
    return {"questions": counts[0], "exact_match": round(share(counts), 4)}


def trained_parameters(vlm: Vlm, recipe: Recipe, work: Path) -> int:
    """Of all stages together: parts that a stage trains, and low-rank updates."""
    roles = {role for stage in recipe.stages for role in ("encoder", "adapter", "llm") if getattr(stage.train, role)}
    parts: int = sum(value.numel() for role in roles for _, value in vlm.parameters(role))
    return parts + sum(lora_numbers(work / stage.id / RESULT) for stage in recipe.stages if stage.train.lora)


def lora_numbers(path: Path) -> int:
    with safe_open(path, framework="pt") as file:
        names = [name for name in file.keys() if LORA in name]  # noqa: SIM118  a file is no dict
        return sum(math.prod(file.get_slice(name).get_shape()) for name in names)


def code_hash() -> str:
    """Of the sources that build and train, so that a card says whether they have changed since."""
    folder = Path(__file__).parent.parent
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))).hexdigest()
