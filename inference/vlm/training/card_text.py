"""A card's facts as a page of Markdown."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from inference.vlm.recipe import Recipe

Facts = Mapping[str, Any]


def card_text(recipe: Recipe, facts: Facts) -> str:
    """`facts` as `training.card` makes them."""
    made_with = {key: facts[key] for key in ("data_sha256", "code_sha256", "libraries")}
    sections = [
        f"# {recipe.model.name}",
        made_of(facts),
        "## What it can't do",
        "It knows what its data show and nothing else: outside of them its answers are guesses that sound sure.",
        recipe.limits or "",
        "## Evaluation",
        *(evaluation(facts["evaluation"]) if facts["evaluation"] else ["None was asked for."]),
        "## Cost",
        cost(facts["cost"]),
        training(facts["training"]),
        "## Recipe",
        f"```yaml\n{yaml.safe_dump(facts['recipe'], sort_keys=False, allow_unicode=True)}```",
        "## Made with",
        f"```json\n{json.dumps(made_with, indent=1)}\n```",
    ]
    return "\n\n".join(section.strip() for section in sections if section) + "\n"


def made_of(facts: Facts) -> str:
    made, base = facts["architecture"], facts["recipe"]["model"].get("base")
    parts = f"An encoder, an adapter of kind {made['adapter']['kind']} and the LLM {made['llm']['source']}"
    return f"{parts}, trained further from {base}{apart(facts['recipe'])}." if base else f"{parts}."


def apart(recipe: Facts) -> str:
    is_merged = all(stage["train"].get("lora", {}).get("merge", True) for stage in recipe["stages"])
    return "" if is_merged else "; here is its LoRA alone, which pipelines lay on that model (the key `lora`)"


def evaluation(found: Facts) -> Iterator[str]:
    yield (
        f"An answer is right when it comes out letter by letter, greedily: **{found['exact_match']:.2%}** of "
        f"{found['questions']:,} questions."
    )
    yield table(
        ["questions about", "questions", "right"],
        [[name, f"{row['questions']:,}", f"{row['exact_match']:.2%}"] for name, row in found["groups"].items()],
    )
    if "captions" in found:
        said = found["captions"]
        yield (
            f"Captions that the model writes by itself name what the picture shows, and nothing else of the kind, for "
            f"**{said['right']:.2%}** of {said['pictures']:,} pictures."
        )
    if "generated" in found:
        asked = found["generated"]
        yield (
            f"Asked as pipelines ask, {asked['same']} of {asked['questions']} questions came out as right or wrong as "
            "above."
        )
    yield table(
        ["goal", "at least", "reached", "holds"],
        [
            [name, f"{row['goal']:.0%}", f"{row['reached']:.2%}", "yes" if row["holds"] else "**no**"]
            for name, row in found["goals"].items()
        ],
    )
    yield table(
        ["answer", "questions", "right"],
        [[answer, f"{row['questions']:,}", f"{row['exact_match']:.1%}"] for answer, row in found["by_answer"].items()],
    )


def cost(found: Facts) -> str:
    rows = [[f"parameters, {role}", f"{count:,}"] for role, count in found["parameters"].items()]
    rows += [
        ["parameters, trained", f"{found['trained']:,}"],
        ["image tokens a picture", f"{found['image_tokens']:,}"],
        ["context, tokens", f"{found['context_tokens']:,}"],
    ]
    return table([found["family"], found["classes"]["model"]], rows)


def training(stages: list[Facts]) -> str:
    rows = [
        [row["stage"], f"{row['steps']:,}", minutes(row["cpu_minutes"]), minutes(row["clock_minutes"])]
        for row in stages
    ]
    return table(["stage", "steps", "minutes of processor time, all cores", "minutes of the clock"], rows)


def minutes(found: float | None) -> str:
    return "not kept" if found is None else f"{found:.1f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return ""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
