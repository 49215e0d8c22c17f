"""Tasks with a short and a long answer each: half of the tasks show a coloured picture, half are text."""

import json
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image

from inference.tests.vlm_makers import architecture_yaml, make_architecture
from inference.vlm.recipe import Recipe, parse_recipe

ASKED = ("what is this", "is this a picture", "what picture is this", "is this here")
NUMBERS, NOUNS = ("one", "two", "three", "four", "five"), ("cat", "dog", "text")
COLOURS = ("red", "green", "blue")


def tasks() -> list[dict[str, Any]]:
    """`image` or None, `asked`, and the word that every answer must hold."""
    shown = [{"image": f"{colour}.png", "asked": asked, "word": colour} for colour, asked in product(COLOURS, ASKED)]
    told = [
        {"image": None, "asked": f"what is {number} {noun}", "word": noun} for number, noun in product(NUMBERS, NOUNS)
    ]
    return shown + told


def short(task: dict[str, Any]) -> str:
    return str(task["word"])


def long(task: dict[str, Any]) -> str:
    return f"this is a long {task['word']} and the {task['word']} is here"


def pair(task: dict[str, Any]) -> dict[str, Any]:
    """As TRL has it: the short answer is preferred."""
    shown = [{"type": "image"}] if task["image"] else []
    return {
        "prompt": [{"role": "user", "content": [*shown, {"type": "text", "text": task["asked"]}]}],
        "chosen": [{"role": "assistant", "content": short(task)}],
        "rejected": [{"role": "assistant", "content": long(task)}],
        "images": [task["image"]] if task["image"] else [],
    }


def conversation(task: dict[str, Any], answer: str) -> dict[str, Any]:
    shown = [{"image": task["image"]}] if task["image"] else []
    asked = {"role": "user", "content": [*shown, {"text": task["asked"]}]}
    return {"messages": [asked, {"role": "assistant", "content": answer}]}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


SPEAK = """
  - id: speak
    data: [{path: ./answers.jsonl, kind: conversations}]
    train: {encoder: 0.005, adapter: 0.005, llm: 0.005}
    batch_size: 16
    steps: 60
"""
ALIGN = """
  - id: align
    preferences: {paths: [./pairs.jsonl], held_out: 0.25, beta: 0.5}
    train: {lora: {rate: 0.001, rank: 4}}
    batch_size: 8
    steps: 20
    save_every: 10
"""


def unseen() -> list[dict[str, Any]]:
    """Tasks without a pair."""
    return tasks()[::4]


def make_preferences(folder: Path, stages: str = SPEAK + ALIGN, kind: str = "mlp") -> Recipe:
    """A model learns to answer at length two times of three, then to prefer short answers."""
    make_architecture(folder, kind)
    for colour in COLOURS:
        Image.new("RGB", (16, 16), colour).save(folder / f"{colour}.png")
    answers = [conversation(task, answer(task)) for task in tasks() for answer in (short, long, long)]
    write(folder / "answers.jsonl", answers)
    write(folder / "pairs.jsonl", [pair(task) for task in tasks() if task not in unseen()])
    model = "model:\n" + "".join(f"  {line}\n" for line in architecture_yaml(kind).splitlines())
    return parse_recipe(f"{model}stages:{stages}")
