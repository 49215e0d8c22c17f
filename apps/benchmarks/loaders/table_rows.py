"""Rows of a table with embedded pictures, by the names that the catalogue gives its columns.

`columns`: id, question, answers, image (one name or several), choices, category, group; `facts` lists columns that are
kept as they are. A choice may also lie in columns of its own: `choices: [choice_a, choice_b]`. `answer` says what the
answer to a question with choices is: letter, index or text. `lists`: an answer may be a written list of answers.
`keep: {column: value}` takes only such rows; `inside` names a column whose fields count as columns; `pattern` makes a
file name of a picture's, as “{}.jpg”.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question, as_texts, text_of, texts_of
from apps.benchmarks.loaders.fields import lettered, need, right_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from apps.benchmarks.loaders import Pictures


def questions(
    rows: Iterable[Mapping[str, Any]], pictures: Pictures, options: Mapping[str, Any]
) -> Iterator[Question | Malformed]:
    kept, inside = options.get("keep", {}), options.get("inside", "")
    for place, row in enumerate(rows, start=1):
        if any(row.get(name) not in (None, value) for name, value in kept.items()):
            continue
        try:
            yield _question(place, {**row, **(row.get(inside) or {})}, pictures, options)
        except Malformed as error:
            yield error.at(place, str(row.get(str(options["columns"].get("id"))) or ""))


def _question(place: int, row: Mapping[str, Any], pictures: Pictures, options: Mapping[str, Any]) -> Question:
    columns: Mapping[str, Any] = options["columns"]
    choices = _choices(row, columns.get("choices"))
    answer = need(row, columns["answers"])
    return Question(
        key=text_of(need(row, columns["id"])) if "id" in columns else str(place),
        text=text_of(need(row, columns["question"])),
        references=_references(answer, choices, options),
        images=_all_images(row, pictures, options),
        choices=choices,
        group=_plain(row, columns.get("group")),
        category=_plain(row, columns.get("category")),
        facts={name: _fact(row[name]) for name in options.get("facts", ()) if row.get(name) is not None},
    )


def _references(answer: object, choices: Mapping[str, str], options: Mapping[str, Any]) -> list[str]:
    if choices:
        return [right_letter(answer, choices, options.get("answer", "letter"))]
    return texts_of(answer) if options.get("lists") else as_texts(answer)


def _all_images(row: Mapping[str, Any], pictures: Pictures, options: Mapping[str, Any]) -> list[str]:
    """Raises Malformed where the table has pictures, and the row none: the question can't be asked without."""
    columns, pattern = _listed(options["columns"].get("image")), options.get("pattern", "{}")
    names = [name for column in columns for name in images_of(row.get(column), pictures, pattern)]
    if columns and not names:
        words = gettext("It has no picture in %(columns)s. Fill the column in, or correct its name.")
        raise Malformed(words % {"columns": ", ".join(columns)})
    return names


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _plain(row: Mapping[str, Any], column: str | None) -> str:
    return "" if column is None or row.get(column) is None else text_of(row[column])


def _fact(value: Any) -> object:
    """A number without end is none in JSON."""
    is_plain = isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))
    return value if is_plain else str(value)


def _choices(row: Mapping[str, Any], columns: Any) -> dict[str, str]:
    if isinstance(columns, str):
        value = row.get(columns)
        return {} if value is None else lettered([text for text in texts_of(value) if text])
    return lettered([text_of(row[column]) for column in _listed(columns) if row.get(column) not in (None, "")])


def images_of(value: Any, pictures: Pictures, pattern: str = "{}") -> list[str]:
    """Of bytes, a {bytes, path} struct as `datasets` writes it, a name, or a list of these."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [name for each in value for name in images_of(each, pictures, pattern)]
    if isinstance(value, dict):
        return images_of(value.get("bytes") or value.get("path"), pictures, pattern)
    if isinstance(value, bytes):
        return [pictures.embedded(value)]
    if isinstance(value, str):
        return [pictures.named(pattern.format(value))]
    words = gettext(
        "Its picture is of the type %(kind)s. Pictures are bytes or names of files: take the official file."
    )
    raise Malformed(words % {"kind": type(value).__name__})
