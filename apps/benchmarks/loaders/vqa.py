"""Official JSON of VQAv2 and OK-VQA: a folder with `*questions.json` and `*annotations.json`.

The entry's `pattern` names pictures: `COCO_val2014_{image_id:012}.jpg`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question, text_of, texts_of
from apps.benchmarks.loaders.fields import need
from apps.benchmarks.loaders.json_files import one_file, rows_of
from apps.benchmarks.loaders.official import each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    asked, known = one_file(source, "*questions.json"), one_file(source, "*annotations.json")
    truths = {str(row.get("question_id")): row for row in rows_of(known, "annotations")}
    pattern = str(options.get("pattern", "{image_id}.jpg"))
    yield from each(rows_of(asked, "questions"), "question_id", lambda row: _question(row, truths, pictures, pattern))


def _question(row: Mapping[str, Any], truths: Mapping[str, Any], pictures: Pictures, pattern: str) -> Question:
    key = text_of(need(row, "question_id"))
    if key not in truths:
        raise Malformed(gettext("It has no annotation. Take questions and annotations of the same part."))
    truth = truths[key]
    return Question(
        key=key,
        text=text_of(need(row, "question")),
        references=texts_of(need(truth, "answers")),
        images=[pictures.named(pattern.format(image_id=int(row["image_id"])))],
        category=str(truth.get("question_type", "")),
        group=f"image {row['image_id']}",
        facts={name: truth[name] for name in ("question_type", "answer_type") if name in truth},
    )
