"""Rows of a table with embedded pictures, by the names that the catalogue gives its columns.

`columns`: id, question, answers, image (one name or several), choices, answer, category, group; `facts` lists columns
that are kept as they are. A choice may also lie in columns of its own: `choices: [choice_a, choice_b]`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import Malformed, Question, lettered, need, right_letter, text_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from apps.benchmarks.loaders import Pictures


def questions(
    rows: Iterable[Mapping[str, Any]], pictures: Pictures, options: Mapping[str, Any]
) -> Iterator[Question | Malformed]:
    for place, row in enumerate(rows, start=1):
        try:
            yield _question(place, row, pictures, options)
        except Malformed as error:
            yield error.at(place, str(row.get(str(options["columns"].get("id"))) or ""))


def _question(place: int, row: Mapping[str, Any], pictures: Pictures, options: Mapping[str, Any]) -> Question:
    columns: Mapping[str, Any] = options["columns"]
    choices = _choices(row, columns.get("choices"))
    answer = need(row, columns["answers"])
    return Question(
        key=text_of(need(row, columns["id"])) if "id" in columns else str(place),
        text=text_of(need(row, columns["question"])),
        references=[right_letter(answer, choices)] if choices else texts_of(answer),
        images=[name for column in _listed(columns.get("image")) for name in _images(row.get(column), pictures)],
        choices=choices,
        group=_plain(row, columns.get("group")),
        category=_plain(row, columns.get("category")),
        facts={name: _fact(row[name]) for name in options.get("facts", ()) if row.get(name) is not None},
    )


def _listed(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _plain(row: Mapping[str, Any], column: str | None) -> str:
    return "" if column is None or row.get(column) is None else text_of(row[column])


def _fact(value: Any) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _choices(row: Mapping[str, Any], columns: Any) -> dict[str, str]:
    if isinstance(columns, str):
        value = row.get(columns)
        return {} if value is None else lettered([text for text in texts_of(value) if text])
    return lettered([text_of(row[column]) for column in _listed(columns) if row.get(column) not in (None, "")])


def _images(value: Any, pictures: Pictures) -> list[str]:
    """Of bytes, a {bytes, path} struct as `datasets` writes it, a name, or a list of these."""
    if value is None:
        return []
    if isinstance(value, list):
        return [name for each in value for name in _images(each, pictures)]
    if isinstance(value, dict):
        return _images(value.get("bytes") or value.get("path"), pictures)
    if isinstance(value, bytes):
        return [pictures.embedded(value)]
    if isinstance(value, str):
        return [pictures.named(value)]
    raise Malformed(f"Its picture is {type(value).__name__}. Pictures are bytes, or names of files.")
