"""MMMU and MMMU-Pro as JSON or JSON Lines: `id, question, options, answer, question_type, image_1 … image_7`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import Malformed, Question, lettered, need, right_letter, text_of, texts_of
from apps.benchmarks.loaders.json_files import one_file, rows_of
from apps.benchmarks.loaders.official import each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    def question(row: Mapping[str, Any]) -> Question:
        choices = lettered(texts_of(row["options"])) if texts_of(row.get("options", "[]")) else {}
        answer, key = need(row, "answer"), text_of(need(row, "id"))
        images = [str(row[f"image_{place}"]) for place in range(1, 8) if row.get(f"image_{place}")]
        return Question(
            key=key,
            text=text_of(need(row, "question")),
            references=[right_letter(answer, choices)] if choices else texts_of(answer),
            images=[pictures.named(name) for name in images],
            choices=choices,
            category=str(row.get("subject") or key.split("_", 1)[-1].rsplit("_", 1)[0]),
            facts={"question_type": str(row.get("question_type", "multiple-choice" if choices else "open"))},
        )

    yield from each(rows_of(one_file(source, "*.json*")), "id", question)
