"""MMMU and MMMU-Pro, Parquet as published or JSON: `id, question, options, answer, question_type, image_1 … image_7`.

The vision part of MMMU-Pro has `image` and no question: it stands in the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question, text_of, texts_of
from apps.benchmarks.loaders.fields import lettered, need, right_letter
from apps.benchmarks.loaders.json_files import one_file, rows_of
from apps.benchmarks.loaders.official import each
from apps.benchmarks.loaders.parquet import table_of
from apps.benchmarks.loaders.table_rows import images_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures

SHOWN = "Answer the question in the picture."
COLUMNS = ("image", *(f"image_{place}" for place in range(1, 8)))
DISCIPLINES = {
    "Art and Design": "Art, Art_Theory, Design, Music",
    "Business": "Accounting, Economics, Finance, Manage, Marketing",
    "Science": "Biology, Chemistry, Geography, Math, Physics",
    "Health and Medicine": "Basic_Medical_Science, Clinical_Medicine, Diagnostics_and_Laboratory_Medicine, Pharmacy, "
    "Public_Health",
    "Humanities and Social Science": "History, Literature, Sociology, Psychology",
    "Tech and Engineering": "Agriculture, Architecture_and_Engineering, Computer_Science, Electronics, "
    "Energy_and_Power, Materials, Mechanical_Engineering",
}
_DISCIPLINE_OF = {subject: name for name, subjects in DISCIPLINES.items() for subject in subjects.split(", ")}


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    def question(row: Mapping[str, Any]) -> Question:
        key, choices = text_of(need(row, "id")), lettered(texts_of(row.get("options") or []))
        subject = str(row.get("subject") or key.split("_", 1)[-1].rsplit("_", 1)[0])
        kind = str(row.get("question_type") or ("multiple-choice" if choices else "open"))
        images = [name for column in COLUMNS for name in images_of(row.get(column), pictures)]
        if not images:
            raise Malformed(gettext("It has no picture in image_1 to image_7. Take the official files."))
        return Question(
            key=key,
            text=text_of(row.get("question") or SHOWN),
            references=_truth(need(row, "answer"), choices),
            images=images,
            choices=choices,
            category=subject,
            facts={"question_type": kind, "discipline": _DISCIPLINE_OF.get(subject.replace(" ", "_"), "")},
        )

    yield from each(_rows(source), "id", question)


def _truth(answer: object, choices: Mapping[str, str]) -> list[str]:
    return [right_letter(answer, choices)] if choices else texts_of(answer)


def _rows(source: Path) -> Iterable[Mapping[str, Any]]:
    is_parquet = source.suffix == ".parquet" or (source.is_dir() and any(source.rglob("*.parquet")))
    return table_of(source) if is_parquet else rows_of(one_file(source, "*.json*"))
