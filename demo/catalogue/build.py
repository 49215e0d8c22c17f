"""Write the demo's picture catalogue: `catalogue.jsonl` and `pictures/` in this folder, which the platform ships.

Run `python -m demo.catalogue.build` after a change and commit what comes out; the same input gives the same pixels. No
picture of the demo bucket is in it: plain shapes are training pictures of easy-VQA (the bucket has test pictures),
photographs of scikit-image are other crops and sizes, signs and papers are drawn anew.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from demo.bucket.copies import package_folder
from demo.catalogue.drawings import DRAWINGS

HERE = Path(__file__).parent
SIDE = 200  # pixels; the descriptor needs no more
PER_KIND = 6
SEED = 7
RUSSIAN = {
    "red": ("красный", "красная"), "green": ("зелёный", "зелёная"), "blue": ("синий", "синяя"),
    "black": ("чёрный", "чёрная"), "gray": ("серый", "серая"), "teal": ("бирюзовый", "бирюзовая"),
    "brown": ("коричневый", "коричневая"), "yellow": ("жёлтый", "жёлтая"),
    "circle": ("круг", ""), "rectangle": ("прямоугольник", ""), "triangle": ("треугольник", ""),
}  # fmt: skip
COLOURS, SHAPES = list(RUSSIAN)[:8], list(RUSSIAN)[8:]
SHAPES_SOURCE = "easy-VQA by Victor Zhou (MIT), training picture {number}"


def main() -> None:
    folder = HERE / "pictures"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    rows = [*shapes(folder), *photographs(folder), *drawings(folder)]
    (HERE / "catalogue.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def shapes(folder: Path) -> Iterator[dict[str, Any]]:
    source = package_folder("easy_vqa") / "data" / "train"
    kinds = shapes_by_kind(json.loads((source / "questions.json").read_text()))
    chance = random.Random(SEED)  # noqa: S311 - which pictures, no secret
    for colour in COLOURS:
        for shape in SHAPES:
            for place, number in enumerate(sorted(chance.sample(kinds[colour, shape], PER_KIND)), start=1):
                name = f"{colour}-{shape}-{place}.png"
                with Image.open(source / f"images/{number}.png") as picture:
                    picture.convert("RGB").quantize(64).save(folder / name, optimize=True)
                yield shape_row(name, colour, shape, number)


def shapes_by_kind(questions: list[tuple[str, str, int]]) -> dict[tuple[str, str], list[int]]:
    """Numbers of the pictures by colour and shape, as far as their questions' answers tell both."""
    told: dict[int, set[str]] = defaultdict(set)
    for _, answer, number in questions:
        if answer in RUSSIAN:
            told[number].add(answer)
    kinds: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, answers in sorted(told.items()):
        colour, shape = answers & set(COLOURS), answers & set(SHAPES)
        if len(colour) == len(shape) == 1:
            kinds[colour.pop(), shape.pop()].append(number)
    return kinds


def shape_row(name: str, colour: str, shape: str, number: int) -> dict[str, Any]:
    russian, noun = RUSSIAN[colour][0], RUSSIAN[shape][0]
    return {
        "id": Path(name).stem,
        "title": {"en": f"{colour.capitalize()} {shape}", "ru": f"{russian.capitalize()} {noun}"},
        "description": {
            "en": f"A single {colour} {shape} on a pale background.",
            "ru": f"Один {russian} {noun} на светлом фоне.",
        },
        "tags": {"en": [shape, colour], "ru": [noun, russian]},
        "source": SHAPES_SOURCE.format(number=number),
        "picture": f"pictures/{name}",
    }


def photographs(folder: Path) -> Iterator[dict[str, Any]]:
    """A crop that leaves out a tenth of each side, more on the left and at the top, and is far smaller."""
    for line in (HERE / "photographs.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        file = row.pop("file")
        with Image.open(package_folder("skimage") / "data" / file) as picture:
            width, height = picture.size
            crop = picture.convert("RGB").crop(
                (round(0.12 * width), round(0.1 * height), round(0.94 * width), round(0.93 * height))
            )
        yield saved(crop, row, folder)


def drawings(folder: Path) -> Iterator[dict[str, Any]]:
    for line in (HERE / "drawings.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield saved(DRAWINGS[row["id"]](), {**row, "source": "Drawn for this project"}, folder)


def saved(picture: Image.Image, row: dict[str, Any], folder: Path) -> dict[str, Any]:
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    picture.save(folder / f"{row['id']}.jpg", quality=82, optimize=True)
    return {**row, "picture": f"pictures/{row['id']}.jpg"}


if __name__ == "__main__":
    main()
