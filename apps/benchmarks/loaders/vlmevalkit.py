"""VLMEvalKit's TSV: `index`, `image` (Base64, the index of an earlier row, or several as a Python list), `question`,
`A`, `B`, … `answer`, `category`. Read row by row; of pictures only their names are kept.

MMBench's rolled copies (index = question + k·1,000,000) share `question`. Questions about one picture are a group. With
`lists`, an answer may be a written list of answers.
"""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import LETTERS, Malformed, Question, as_texts, texts_of
from apps.benchmarks.loaders.fields import need, right_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.loaders import Pictures

ROLLED = 1_000_000
LONGEST_REFERENCE = 64  # a shorter `image` is the index of an earlier row
_OWN = {"index", "image", "image_path", "question", "answer", *LETTERS}


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    with source.open(encoding="utf-8-sig", newline="") as stream, _long_fields():
        try:
            yield from _rows(stream, pictures, bool(options.get("lists")))
        except (UnicodeDecodeError, csv.Error) as error:
            words = gettext("%(file)s is no table in UTF-8: %(error)s. Fetch it again.")
            raise Malformed(words % {"file": source.name, "error": error}) from None


@contextmanager
def _long_fields() -> Iterator[None]:
    """Pictures are fields here. The limit is the whole process's, so it is put back."""
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _rows(stream: TextIO, pictures: Pictures, lists: bool) -> Iterator[Question | Malformed]:
    known: dict[str, list[str]] = {}
    table = csv.DictReader(stream, delimiter="\t")
    missing = {"index", "question", "answer"} - set(table.fieldnames or ())
    if missing:
        words = gettext("The table has no column %(columns)s. Give a TSV of VLMEvalKit.")
        raise Malformed(words % {"columns": ", ".join(sorted(missing))})
    for place, row in enumerate(table, start=1):
        try:
            yield _question(row, pictures, known, lists)
        except Malformed as error:
            yield error.at(place, str(row.get("index") or ""))


def _question(row: Mapping[str, str | None], pictures: Pictures, known: dict[str, list[str]], lists: bool) -> Question:
    index = str(need(row, "index"))
    images = known[index] = _images(row, pictures, known)
    choices = {letter: str(row[letter]) for letter in LETTERS if row.get(letter) not in (None, "", "nan")}
    answer, question = need(row, "answer"), str(int(index) % ROLLED) if index.isdecimal() else index
    text = "\n".join(part for part in (row.get("hint"), row.get("question")) if part and part != "nan")
    return Question(
        key=index,
        text=text,
        references=[right_letter(answer, choices)] if choices else texts_of(answer) if lists else as_texts(answer),
        images=images,
        choices=choices,
        group=f"picture {images[0]}" if images else f"question {question}",
        category=str(row.get("category") or ""),
        facts={"question": question, **_facts(row)},
    )


def _facts(row: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name and name not in _OWN and value}


def _images(row: Mapping[str, str | None], pictures: Pictures, known: dict[str, list[str]]) -> list[str]:
    value = row.get("image") or ""
    if not value:
        return [pictures.named(name) for name in texts_of(row["image_path"])] if row.get("image_path") else []
    if len(value) <= LONGEST_REFERENCE:
        if value not in known:
            words = gettext("Its picture is that of row %(row)s, which does not come before it. Fetch the file again.")
            raise Malformed(words % {"row": value})
        return known[value]
    return [pictures.encoded(each) for each in texts_of(value)]
