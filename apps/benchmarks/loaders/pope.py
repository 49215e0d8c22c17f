"""POPE, official JSON Lines: `question_id, image, text, label`; the file's name tells random, popular, adversarial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import Malformed, Question, text_of
from apps.benchmarks.loaders.fields import need
from apps.benchmarks.loaders.json_files import Broken, load, rows_of
from apps.benchmarks.loaders.official import each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    parts = sorted(source.rglob("*.json*")) if source.is_dir() else [source]

    def question(row: Mapping[str, Any]) -> Question:
        return Question(
            key=f"{row['part']}-{text_of(need(row, 'question_id'))}",
            text=text_of(need(row, "text")),
            references=[text_of(need(row, "label")).lower()],
            images=[pictures.named(text_of(need(row, "image")))],
            category=str(row["part"]),
            group=f"image {row['image']}",
        )

    rows = (
        row if isinstance(row, Broken) else {**row, "part": part.stem.rsplit("_", 1)[-1]}
        for part in parts
        for row in rows_of(load(part))
    )
    yield from each(rows, "question_id", question)
