"""Questions about pictures of the packages easy-VQA (MIT) and scikit-image."""

from __future__ import annotations

import json
import random
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.benchmarks.loaders import Pictures

SEED = 20_261_122
SHAPES = ("circle", "rectangle", "triangle")


def package_folder(name: str) -> Path:
    """Where a package lies, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        words = gettext("The package %(name)s is not installed; its pictures are needed. `make demo` installs it.")
        raise Malformed(words % {"name": name})
    return Path(spec.origin).parent


def easy_vqa(pictures: Pictures, count: int | None = None) -> Iterator[Question]:
    """The test part: all 9,673 questions, or a seeded sample of `count` with equally many of each right answer."""
    folder = package_folder("easy_vqa") / "data" / "test"
    rows = [(str(a), str(b), int(c)) for a, b, c in json.loads((folder / "questions.json").read_text(encoding="utf-8"))]
    chosen = range(len(rows)) if count is None else _sample(tuple(answer for _text, answer, _image in rows), count)
    for place, (text, answer, image) in enumerate(rows):
        if place in chosen:
            yield Question(
                key=f"easy-vqa-{place:05}",
                text=text,
                references=[answer],
                images=[pictures.embedded((folder / "images" / f"{image}.png").read_bytes())],
                group=f"shape {image}",
                category="yes or no" if answer in {"yes", "no"} else "shape" if answer in SHAPES else "colour",
                alt="A single plain shape on a pale background",
            )


@cache
def _sample(answers: tuple[str, ...], count: int) -> frozenset[int]:
    """Places, drawn in turn from the right answers until there are enough."""
    chance = random.Random(SEED)  # noqa: S311 - which questions, no secret
    piles: dict[str, list[int]] = {}
    for place, answer in enumerate(answers):
        piles.setdefault(answer, []).append(place)
    for pile in piles.values():
        chance.shuffle(pile)
    chosen: list[int] = []
    while len(chosen) < min(count, len(answers)):
        for pile in piles.values():
            if pile and len(chosen) < count:
                chosen.append(pile.pop())
    return frozenset(chosen)


def _photographs(pictures: Pictures) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """File, its name in the store, what is known of it."""
    folder = package_folder("skimage") / "data"
    known = yaml.safe_load((Path(__file__).parent / "photographs.yaml").read_text(encoding="utf-8"))
    for file, facts in known.items():
        yield file.partition(".")[0], pictures.embedded((folder / file).read_bytes()), facts


def captions(pictures: Pictures) -> Iterator[Question]:
    for name, image, facts in _photographs(pictures):
        yield Question(
            f"caption-{name}", "Describe the picture in one sentence.", facts["captions"], [image], group=name
        )


def ten_answers(pictures: Pictures) -> Iterator[Question]:
    for name, image, facts in _photographs(pictures):
        for place, row in enumerate(facts["ten"]):
            answers = [answer for answer, times in row["answers"].items() for _ in range(times)]
            kind = (
                "yes/no" if {"yes", "no"} & set(answers) else "number" if any(a.isdigit() for a in answers) else "other"
            )
            yield Question(
                f"vqa-{name}-{place}", row["question"], answers, [image], group=name, category=kind,
                facts={"answer_type": kind},
            )  # fmt: skip


def _kind(answers: set[str]) -> str:
    """As VQAv2 sorts them."""
    if answers & {"yes", "no"}:
        return "yes/no"
    return "number" if any(answer.isdigit() for answer in answers) else "other"


def yes_or_no(pictures: Pictures) -> Iterator[Question]:
    for name, image, facts in _photographs(pictures):
        for truth in ("yes", "no"):
            for place, thing in enumerate(facts[truth]):
                text = f"Is there {thing} in the picture?"
                yield Question(f"{truth}-{name}-{place}", text, [truth], [image], group=name, category="objects")
