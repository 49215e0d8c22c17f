"""The model card: what it was made of and with, and what it can do, as `README.md` and `card.json`."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import peft
import torch
import transformers
import yaml

from inference.vlm.build import Vlm
from inference.vlm.describe import describe, lines
from inference.vlm.recipe import Recipe
from inference.vlm.training.evaluate import Score


def write_card(folder: Path, vlm: Vlm, recipe: Recipe, hashes: Mapping[str, str], score: Score | None) -> None:
    facts = {
        "recipe": recipe.model_dump(mode="json", exclude_none=True),
        "data_sha256": dict(hashes),
        "code_sha256": code_hash(),
        "libraries": {found.__name__: found.__version__ for found in (torch, transformers, peft)},
        "evaluation": None if score is None else evaluation(score),
    }
    (folder / "card.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
    (folder / "README.md").write_text(text(vlm, recipe, facts))


def evaluation(score: Score) -> dict[str, Any]:
    return {
        "questions": score.questions,
        "exact_match": round(score.share, 4),
        "by_answer": {
            answer: {"questions": asked, "exact_match": round(right / asked, 4)}
            for answer, (asked, right) in sorted(score.by_answer.items())
        },
    }


def code_hash() -> str:
    """Of the sources that build and train, so that a card says whether they have changed since."""
    folder = Path(__file__).parent.parent
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))).hexdigest()


def text(vlm: Vlm, recipe: Recipe, facts: Mapping[str, Any]) -> str:
    parts = "\n".join(lines(describe(vlm), {"adapter": True}))
    found = facts["evaluation"]
    rows = "" if found is None else evaluation_table(found)
    return (
        f"# {recipe.model.name}\n\nAn encoder, an adapter of kind {recipe.model.adapter.kind} and the LLM "
        f"{recipe.model.llm.source}. It knows what its data show and nothing else: outside of them its answers are "
        f"guesses.\n\n```\n{parts}\n```\n\n## Evaluation\n\n{rows or 'None was asked for.'}\n\n## Recipe\n\n```yaml\n"
        f"{yaml.safe_dump(facts['recipe'], sort_keys=False, allow_unicode=True)}```\n\n## Made with\n\n```json\n"
        f"{json.dumps({key: facts[key] for key in ('data_sha256', 'code_sha256', 'libraries')}, indent=1)}\n```\n"
    )


def evaluation_table(found: Mapping[str, Any]) -> str:
    head = f"Exact match on {found['questions']:,} questions: **{found['exact_match']:.2%}**\n\n"
    return (
        head
        + "| answer | questions | right |\n|---|---|---|\n"
        + "\n".join(
            f"| {answer} | {row['questions']:,} | {row['exact_match']:.1%} |"
            for answer, row in found["by_answer"].items()
        )
    )
