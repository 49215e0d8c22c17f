"""Training data from easy-VQA (Zhou 2019, MIT): captions and labels derived from its questions, and the questions.

What is known of a picture follows from its questions alone: “is there a red shape?” – “no” leaves seven colours. Where
one colour and one shape remain, the picture gets a caption. Only the training part is used to train.
"""

import importlib.util
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from inference.errors import ModelUnavailable

COLOURS = ("black", "blue", "brown", "gray", "green", "red", "teal", "yellow")
SHAPES = ("circle", "rectangle", "triangle")
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {"colour": COLOURS, "shape": SHAPES}
CAPTION = "What is in the picture?"

Question = tuple[str, str, int]  # text, answer, number of the picture
Known = dict[str, set[str]]


def write_easy_vqa(folder: Path) -> dict[str, int]:
    """`labels.jsonl`, `captions.jsonl`, `questions.jsonl` of the training part, and the same of the test part with
    `test-` before their names. For the example recipes also `pairs.jsonl`, `documents.jsonl` of three pictures each,
    `conversations.jsonl`, and `text.jsonl` without pictures. Gives the number of rows of each. Raises ModelUnavailable
    without the package.
    """
    source = package_data()
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for part, prefix in (("train", ""), ("test", "test-")):
        questions = [tuple(row) for row in json.loads((source / part / "questions.json").read_text())]
        shutil.copytree(source / part / "images", folder / part, dirs_exist_ok=True)
        known = known_of(questions)
        for name, rows in (
            ("labels", labels(known, part)),
            ("captions", captions(known, part)),
            ("questions", triplets(questions, part)),
        ):
            counts[prefix + name] = write_rows(folder / f"{prefix}{name}.jsonl", rows)
        if part == "train":
            counts |= write_examples(folder, known, questions)
    return counts


def write_examples(folder: Path, known: Mapping[int, Known], questions: Iterable[Any]) -> dict[str, int]:
    told = list(captions(known, "train"))
    rows: Mapping[str, Iterable[dict[str, Any]]] = {
        "pairs": [{"image": row["image"], "text": row["answer"]} for row in told],
        "documents": documents(told),
        "conversations": conversations(triplets(questions, "train")),
        "text": text_only(),
    }
    return {name: write_rows(folder / f"{name}.jsonl", found) for name, found in rows.items()}


def documents(told: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Three pictures, each with what it shows."""
    for first in range(0, len(told) - 2, 3):
        parts: list[dict[str, str]] = [{"text": "Three pictures. "}]
        for row in told[first : first + 3]:
            parts += [{"image": row["image"]}, {"text": f" {row['answer']}. "}]
        yield {"parts": parts}


def conversations(asked: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Up to three questions about a picture, one after the other."""
    by_picture: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in asked:
        by_picture[row["image"]].append(row)
    for picture, rows in by_picture.items():
        messages: list[dict[str, Any]] = []
        for place, row in enumerate(rows[:3]):
            shown = [{"image": picture}] if place == 0 else []
            messages.append({"role": "user", "content": [*shown, {"text": row["instruction"]}]})
            messages.append({"role": "assistant", "content": row["answer"]})
        yield {"messages": messages}


def text_only() -> Iterator[dict[str, Any]]:
    for name, values in ATTRIBUTES.items():
        for value in values:
            asked = {"role": "user", "content": f"Is {value} a colour or a shape?"}
            yield {"messages": [asked, {"role": "assistant", "content": f"a {name}"}]}


def package_data() -> Path:
    found = importlib.util.find_spec("easy_vqa")
    if found is None or found.origin is None:
        raise ModelUnavailable("The package easy-vqa is not installed: pip install --no-deps easy-vqa")
    return Path(found.origin).parent / "data"


def known_of(questions: Iterable[Any]) -> dict[int, Known]:
    """What may still be true of each picture."""
    known: dict[int, Known] = defaultdict(lambda: {name: set(values) for name, values in ATTRIBUTES.items()})
    for text, answer, number in questions:
        learn(known[number], set(text.rstrip("?").split()), answer)
    return known


def learn(known: Known, words: set[str], answer: str) -> None:
    says_so = (answer == "yes") != bool(words & {"no", "not"})
    for name, values in ATTRIBUTES.items():
        if answer in values:
            known[name] &= {answer}
        for named in words & set(values):
            if answer in {"yes", "no"} and not says_so:
                known[name] -= {named}
            else:
                known[name] &= {named}


def only(values: set[str]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def labels(known: Mapping[int, Known], part: str) -> Iterator[dict[str, Any]]:
    for number, found in sorted(known.items()):
        yield {"image": image(part, number), "labels": {name: only(values) for name, values in found.items()}}


def captions(known: Mapping[int, Known], part: str) -> Iterator[dict[str, Any]]:
    for number, found in sorted(known.items()):
        colour, shape = only(found["colour"]), only(found["shape"])
        if colour and shape:
            yield {"image": image(part, number), "instruction": CAPTION, "answer": f"a {colour} {shape}"}


def triplets(questions: Iterable[Any], part: str) -> Iterator[dict[str, Any]]:
    for text, answer, number in questions:
        yield {"image": image(part, number), "instruction": text, "answer": answer}


def image(part: str, number: int) -> str:
    return f"{part}/{number}.png"


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines))
    return len(lines)
