"""Questions of easy-VQA's test part as a bucket with references: a known answer, in one word, for each."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from demo.bucket.build import HERE
from demo.bucket.copies import package_folder, shape

SHAPES = ("circle", "rectangle", "triangle")
SEED = 20_261_122
LICENCES = "Pictures and questions: easy-VQA by Victor Zhou, MIT licence. https://github.com/vzhou842/easy-VQA\n"

Question = tuple[str, str, int]  # text, answer, number of the picture


def write_questions(folder: Path, count: int) -> Path:
    """The path of `tasks.jsonl`: the demo bucket's own questions of easy-VQA, then a seeded sample of `count`."""
    (folder / "shapes").mkdir(parents=True, exist_ok=True)
    rows = list(chosen(count))
    for name in {row["images"][0] for row in rows}:
        shape(Path(name).stem).save(folder / name)
    (folder / "LICENCES.md").write_text(LICENCES)
    table = folder / "tasks.jsonl"
    table.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return table


def all_questions() -> list[Question]:
    """All of them, in their order."""
    rows = json.loads((package_folder("easy_vqa") / "data/test/questions.json").read_text())
    return [(str(text), str(answer), int(number)) for text, answer, number in rows]


def chosen(count: int) -> Iterator[dict[str, Any]]:
    questions = all_questions()
    known = {(text, f"shapes/{number}.png") for text, _, number in questions}
    own = (json.loads(line) for line in (HERE / "texts" / "shapes.jsonl").read_text("utf-8").splitlines())
    first = [(row["instruction"], row["images"][0]) for row in own if row["language"] == "en"]
    wanted = {question for question in first if question in known}
    rest = random.Random(SEED).sample(questions, count)  # noqa: S311  which questions, no secret
    ours = [question for question in questions if (question[0], f"shapes/{question[2]}.png") in wanted]
    for place, (text, answer, number) in enumerate(dict.fromkeys([*ours, *rest]), start=1):
        yield {
            "key": f"easy-vqa-{place:04}",
            "language": "en",
            "cluster": kind(answer),
            "instruction": text,
            "images": [f"shapes/{number}.png"],
            "alt": ["A single plain shape on a pale background"],
            "references": [answer],
        }


def kind(answer: str) -> str:
    return "yes or no" if answer in {"yes", "no"} else "shape" if answer in SHAPES else "colour"
