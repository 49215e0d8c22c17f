"""DocVQA and InfographicVQA, official JSON: `{"data": [{"questionId", "question", "image", "answers"}]}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import Malformed, Question, text_of, texts_of
from apps.benchmarks.loaders.fields import need
from apps.benchmarks.loaders.json_files import one_file, rows_of
from apps.benchmarks.loaders.official import each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    def question(row: Mapping[str, Any]) -> Question:
        image = text_of(need(row, "image") if "image" in row else need(row, "image_local_name"))
        return Question(
            key=text_of(need(row, "questionId")),
            text=text_of(need(row, "question")),
            references=texts_of(need(row, "answers")),
            images=[pictures.named(image)],
            category=", ".join(texts_of(row.get("question_types", ""))),
            group=f"document {image}",
        )

    yield from each(rows_of(one_file(source, "*.json"), "data"), "questionId", question)
