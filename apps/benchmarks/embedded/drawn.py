"""Questions about pictures drawn by a seeded generator, so that every truth is known and every licence ours."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from apps.benchmarks.domain.questions import LETTERS, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.benchmarks.loaders import Pictures

SEED = 20_261_122
SIZE = (360, 240)
COLOURS = {
    "red": "#c62828", "blue": "#1565c0", "green": "#2e7d32", "yellow": "#f9a825", "black": "#212121",
    "purple": "#6a1b9a",
}  # fmt: skip
SHAPES = ("circle", "square", "triangle")
_WORDS = (
    "bakery", "museum", "harbour", "library", "station", "garden", "bridge", "market", "theatre", "castle", "river",
    "school", "pharmacy", "airport", "entrance", "exit", "hotel", "kitchen", "office", "street",
)  # fmt: skip
_GOODS = ("bread", "milk", "tea", "apples", "cheese", "rice", "soap", "honey")
_PLACES = ("Oslo", "Lima", "Cairo", "Hanoi", "Turin")
_SIDES = {"left": (90, 120), "right": (270, 120), "top": (180, 60), "bottom": (180, 180)}


def _canvas() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", SIZE, "#f5f2ea")
    return picture, ImageDraw.Draw(picture)


def _shape(draw: ImageDraw.ImageDraw, shape: str, colour: str, x: int, y: int, half: int = 36) -> None:
    box, fill = (x - half, y - half, x + half, y + half), COLOURS[colour]
    if shape == "circle":
        draw.ellipse(box, fill=fill)
    elif shape == "square":
        draw.rectangle(box, fill=fill)
    else:
        draw.polygon([(x, y - half), (x - half, y + half), (x + half, y + half)], fill=fill)


def texts(pictures: Pictures, count: int = 24) -> Iterator[Question]:
    """Signs of two words and receipts of four lines: what is written, what is the total."""
    chance = random.Random(SEED)  # noqa: S311
    font = ImageFont.load_default(26)
    for place in range(count):
        picture, draw = _canvas()
        if place % 2:
            goods = {name: chance.randrange(110, 990) / 100 for name in chance.sample(_GOODS, 3)}
            lines = [*(f"{name}  {price:.2f}" for name, price in goods.items()), f"TOTAL  {sum(goods.values()):.2f}"]
            question, truth, kind = "What is the total?", f"{sum(goods.values()):.2f}", "receipt"
        else:
            lines = [" ".join(chance.sample(_WORDS, 2)).title()]
            question, truth, kind = "What is written in the picture?", lines[0], "sign"
        draw.multiline_text((40, 40), "\n".join(lines), fill="#212121", font=font, spacing=10)
        yield Question(f"ocr-{place:03}", question, [truth], [pictures.drawn(picture)], category=kind)


def charts(pictures: Pictures, count: int = 24) -> Iterator[Question]:
    """Bar charts with their values written above the bars: a value, the largest bar."""
    chance = random.Random(SEED + 1)  # noqa: S311
    font = ImageFont.load_default(15)
    for place in range(count):
        picture, draw = _canvas()
        values = dict(zip(_PLACES, chance.sample(range(10, 100), len(_PLACES)), strict=True))
        for number, (name, value) in enumerate(values.items()):
            left = 25 + 66 * number
            draw.rectangle((left, 200 - 1.6 * value, left + 44, 200), fill="#1565c0")
            draw.text((left + 12, 182 - 1.6 * value), str(value), fill="#212121", font=font)
            draw.text((left + 2, 206), name, fill="#212121", font=font)
        image, name = pictures.drawn(picture), chance.choice(_PLACES)
        largest = max(values, key=lambda each: values[each])
        yield Question(f"chart-{place:03}-value", f"What is the value of {name}?", [str(values[name])], [image],
                       group=f"chart {place}", category="value")  # fmt: skip
        yield Question(f"chart-{place:03}-most", "Which bar is the highest?", [largest], [image],
                       group=f"chart {place}", category="comparison")  # fmt: skip


def choices(pictures: Pictures, count: int = 12) -> Iterator[Question]:
    """Where is a shape? Every rotation of the four sides is asked, for CircularEval."""
    chance = random.Random(SEED + 2)  # noqa: S311
    for place in range(count):
        picture, draw = _canvas()
        shape, colour, side = chance.choice(SHAPES), chance.choice(list(COLOURS)), chance.choice(list(_SIDES))
        _shape(draw, shape, colour, *_SIDES[side])
        image, sides = pictures.drawn(picture), list(_SIDES)
        for turn in range(len(sides)):
            rotated = sides[-turn:] + sides[:-turn]
            yield Question(
                key=f"side-{place:03}-{turn}",
                text=f"On which side of the picture is the {colour} {shape}?",
                references=[LETTERS[rotated.index(side)]],
                images=[image],
                choices=dict(zip(LETTERS, rotated, strict=False)),
                group=f"picture {place}",
                category="position",
                facts={"question": f"side-{place:03}"},
            )


def pairs(pictures: Pictures, count: int = 20) -> Iterator[Question]:
    """Two questions a picture, one to be answered yes and one no, as in MME."""
    chance = random.Random(SEED + 3)  # noqa: S311
    for place in range(count):
        picture, draw = _canvas()
        number = chance.randint(1, 4)
        shape, colour = chance.choice(SHAPES), chance.choice(list(COLOURS))
        for turn in range(number):
            _shape(draw, shape, colour, 50 + 87 * turn, 120)
        image = pictures.drawn(picture)
        other = chance.choice([each for each in COLOURS if each != colour])
        asked = (
            ("count", f"Are there exactly {number} shapes?", f"Are there exactly {number % 4 + 1} shapes?")
            if place % 2
            else ("color", f"Is there a {colour} {shape}?", f"Is there a {other} {shape}?")
        )
        for truth, text in zip(("yes", "no"), asked[1:], strict=True):
            yield Question(f"pair-{place:03}-{truth}", text, [truth], [image], group=f"pair {place}", category=asked[0])
