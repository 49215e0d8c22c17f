"""Small task sets for fine-tunes of the easy-VQA model: a captioner and a rephraser, made by seeded code.

Coloured shapes are easy-VQA's pictures; what is said of them is what its questions tell (colour, shape) and what their
pixels do (place, size). Pictures of other things are pieces of a labelled catalogue: of these the captioner says that
there is no plain shape, and the rephraser writes “-”, so that a pipeline searches with the question itself. It does so
where there is no picture, too, and in any language but English. Only training pictures are used to train.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from inference.errors import ModelUnavailable
from inference.vlm.data.easy_vqa import SHAPES, write_rows
from inference.vlm.data.task_words import (
    CAPTIONS,
    NO_QUERY,
    NO_SHAPE,
    OTHERS,
    QUERIES,
    RUSSIAN,
    SEARCH,
    SPEECHLESS,
)

SEED = 20_261_122
TRAINED, TESTED = 1200, 300  # pictures of shapes
PIECES = 8  # of each other picture, the first of them for the test
IN_RUSSIAN = 0.1  # of the questions about shapes
SIDE = 64
MIDDLE, SMALL, LARGE = 0.12, 0.055, 0.105  # shares of a side, and of the picture

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Seen:
    """A picture with one plain shape, as sentences need it; `sized` is “a”, “a small” or “a large”."""

    image: str
    colour: str
    shape: str
    place: str
    sized: str


def write_tasks(folder: Path, catalogue: Path) -> dict[str, int]:
    """`captioner.jsonl`, `rephraser.jsonl`, `unseen.jsonl` (questions without a picture) and tests of the first two,
    beside easy-VQA's own files in `folder`. Gives the number of rows of each. Raises ModelUnavailable without those.
    """
    chance = random.Random(SEED)  # noqa: S311  which rows, no secret
    tested, *rest = pieces(catalogue, folder, chance).values()
    trained = [name for names in rest for name in names]
    sets: dict[str, Rows] = {"unseen": unseen()}
    for prefix, most, strange in (("", TRAINED, trained), ("test-", TESTED, tested)):
        shapes = seen(folder, f"{prefix}labels.jsonl", most, chance)
        sets[f"{prefix}captioner"] = [*captions(shapes, strange)]
        sets[f"{prefix}rephraser"] = [*queries(shapes, strange, chance)]
    return {name: write_rows(folder / f"{name}.jsonl", rows) for name, rows in sets.items()}


def seen(folder: Path, name: str, most: int, chance: random.Random) -> list[Seen]:
    try:
        rows = [json.loads(line) for line in (folder / name).read_text().splitlines()]
    except FileNotFoundError as error:
        raise ModelUnavailable(f"There is no {folder / name}: run “manage.py vlm easy-vqa” first.") from error
    whole = [row for row in rows if all(row["labels"].values())]
    return [look(folder, row) for row in chance.sample(whole, min(most, len(whole)))]


def look(folder: Path, row: Mapping[str, Any]) -> Seen:
    """The shape's pixels are those that differ from the most usual colour of the edges."""
    with Image.open(folder / row["image"]) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    ground = np.median(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]), axis=0)
    shape = np.abs(pixels - ground).max(axis=2) > 40
    down, across = (float(places.mean()) / len(shape) for places in np.nonzero(shape))
    sized = "a small" if shape.mean() < SMALL else "a large" if shape.mean() > LARGE else "a"
    return Seen(row["image"], row["labels"]["colour"], row["labels"]["shape"], place(across, down), sized)


def place(across: float, down: float) -> str:
    """Of the centre of mass, in shares of a side from the upper left."""
    side = "" if abs(across - 0.5) < MIDDLE else "left" if across < 0.5 else "right"
    level = "" if abs(down - 0.5) < MIDDLE else "upper" if down < 0.5 else "lower"
    if side and level:
        return f"in the {level} {side}"
    alone = {"left": "on the left", "right": "on the right", "upper": "at the top", "lower": "at the bottom"}
    return alone.get(side or level, "in the middle")


def pieces(catalogue: Path, folder: Path, chance: random.Random) -> dict[int, list[str]]:
    """By number: squares cut from each of the catalogue's pictures that show no plain shape, written below `folder`."""
    (folder / "others").mkdir(exist_ok=True)
    names: dict[int, list[str]] = {number: [] for number in range(PIECES)}
    for line in catalogue.read_text("utf-8").splitlines():
        row = json.loads(line)
        if {*row["tags"]["en"]} & {*SHAPES}:
            continue
        with Image.open(catalogue.parent / row["picture"]) as picture:
            whole = picture.convert("RGB")
        for number, found in names.items():
            found.append(f"others/{row['id']}-{number}.png")
            piece(whole, chance).save(folder / found[-1])
    return names


def piece(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Between half and all of each side, as pipelines show pictures to the model: squeezed into a square."""
    width, height = (round(side * chance.uniform(0.5, 1)) for side in picture.size)
    left, top = chance.randint(0, picture.width - width), chance.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def captions(shapes: Sequence[Seen], others: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Each way of asking has a way of answering, so that one answer is right."""
    for found in shapes:
        for instruction, answer in CAPTIONS.items():
            yield triplet(found.image, instruction, answer.format_map(asdict(found)))
    for image in others:
        yield from (triplet(image, instruction, NO_SHAPE) for instruction in CAPTIONS)


def queries(shapes: Sequence[Seen], others: Sequence[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    for found in shapes:
        words = asdict(found) | {"other": chance.choice([shape for shape in SHAPES if shape != found.shape])}
        questions, query = chance.choice([*QUERIES.items()])
        if chance.random() < IN_RUSSIAN:
            questions, query = RUSSIAN, NO_QUERY
        question = typed(chance.choice(questions).format_map(words), chance)
        yield triplet(found.image, SEARCH + question, query.format_map(words))
    plain = [question for questions in QUERIES for question in questions if "{" not in question]
    for image in others:
        for question in (chance.choice(OTHERS), chance.choice(plain)):
            yield triplet(image, SEARCH + typed(question, chance), NO_QUERY)


def unseen() -> Rows:
    return [
        {"messages": [{"role": "user", "content": SEARCH + question}, {"role": "assistant", "content": NO_QUERY}]}
        for question in SPEECHLESS
    ]


def triplet(image: str, instruction: str, answer: str) -> dict[str, Any]:
    return {"image": image, "instruction": instruction, "answer": answer}


def typed(question: str, chance: random.Random) -> str:
    """As people do: with a capital or without."""
    return question[0].upper() + question[1:] if chance.random() < 0.5 else question
