"""What does our picture descriptor name rightly? Plain shapes of easy-VQA's test set, by the demo's catalogue.

The catalogue holds six training pictures of each colour and shape, and photographs, signs and papers beside them. Tags
are voted with the defaults of `visual_search`. Run: `python -m perf.descriptor`; the table goes to `perf/results.md`.
"""

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from demo.bucket.copies import package_folder, shape
from demo.catalogue.build import COLOURS, SHAPES, shapes_by_kind
from inference.components.visual_search import VisualOptions
from inference.retrieval.descriptor import NAME
from inference.retrieval.matches import reading
from inference.retrieval.picture_index import PictureIndex, open_pictures
from perf.table import write_section


def test_pictures(count: int) -> list[tuple[int, str, str]]:
    """(number, colour, shape) of pictures whose questions tell both."""
    questions = json.loads((package_folder("easy_vqa") / "data/test/questions.json").read_text())
    kinds = shapes_by_kind(questions).items()
    known = sorted((number, colour, kind) for (colour, kind), numbers in kinds for number in numbers)
    return random.Random(1).sample(known, count)


def share(right: list[bool | None], what: bool | None) -> str:
    return f"{100 * sum(one is what for one in right) / len(right):.1f} %"


def named(tags: list[str], words: list[str], truth: str) -> bool | None:
    """Whether the first tag among `words` is the truth; None without such a tag."""
    first = next((tag for tag in tags if tag in words), None)
    return None if first is None else first == truth


def measure(index: PictureIndex, count: int) -> tuple[list[list[str]], float]:
    pictures, started = test_pictures(count), time.perf_counter()
    rows = index.nearest([index.encoder.prepare(shape(str(number))) for number, _, _ in pictures], 5)
    each_ms = (time.perf_counter() - started) * 1000 / count
    tags = [list(reading(row, "en", VisualOptions(catalogue="demo")).tags) for row in rows]
    found = {
        "colour": [named(tag, COLOURS, colour) for tag, (_, colour, _) in zip(tags, pictures, strict=True)],
        "shape": [named(tag, SHAPES, kind) for tag, (_, _, kind) in zip(tags, pictures, strict=True)],
    }
    return [[what, *(share(right, one) for one in (True, False, None))] for what, right in found.items()], each_ms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=300)
    count = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as folder:
        rows, each_ms = measure(open_pictures("demo", NAME, Path(folder)), count)
    write_section(
        "Visual search by our descriptor",
        f"`python -m perf.descriptor`: {count} test pictures of easy-VQA, {each_ms:.0f} ms each on one processor.",
        ["tag", "right", "wrong", "none"],
        rows,
    )


if __name__ == "__main__":
    main()
