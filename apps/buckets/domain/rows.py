"""One row of a table becomes one task, or a list of what is wrong with it. Never raises, whatever the values."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from apps.buckets.domain import limits
from apps.buckets.domain.columns import canonical_column, suggested_column
from apps.buckets.domain.languages import normal_tag, suggested_tag
from apps.buckets.domain.problems import Problem


@dataclass(frozen=True)
class RawRow:
    """A row as its file has it: column name -> any JSON value."""

    row: int
    values: Mapping[str, object]


@dataclass(frozen=True)
class TaskRow:
    """A task as its file describes it. `alts[i]` describes `images[i]`; both have the same length."""

    row: int
    key: str
    instruction: str
    language: str
    cluster: str
    images: tuple[str, ...] = ()
    alts: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


def parse_row(raw: RawRow) -> TaskRow | list[Problem]:
    cells = _Cells(raw)
    images = cells.many("images", limits.MAX_IMAGES_PER_TASK, limits.MAX_IMAGE_NAME_CHARS)
    alts = cells.many("alt", limits.MAX_IMAGES_PER_TASK, limits.MAX_ALT_CHARS, blanks=True)
    if len(alts) > len(images):
        cells.refuse("alt", "more_alts_than_images", alts=len(alts), images=len(images))
    task = TaskRow(
        row=raw.row,
        key=cells.one("key", limits.MAX_KEY_CHARS, numbers=True, single_line=True),
        instruction=cells.one("instruction", limits.MAX_INSTRUCTION_CHARS),
        language=cells.language(),
        cluster=cells.one("cluster", limits.MAX_CLUSTER_CHARS, single_line=True),
        images=images,
        alts=(*alts, *[""] * (len(images) - len(alts))),
        references=cells.many("references", limits.MAX_REFERENCES, limits.MAX_REFERENCE_CHARS, numbers=True),
    )
    return cells.problems or task


class _Cells:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(self, raw: RawRow) -> None:
        self.row = raw.row
        self.problems: list[Problem] = []
        self.values: dict[str, object] = {}
        for name, value in raw.values.items():
            column = canonical_column(name)
            if column is None:
                self.refuse(_shown(name), "unknown_column", column=_shown(name), suggestion=suggested_column(name))
            elif column in self.values:
                self.refuse(column, "column_twice", column=column)
            else:
                self.values[column] = value

    def refuse(self, field: str, code: str, **facts: object) -> None:
        self.problems.append(Problem(self.row, field, code, facts))

    def one(self, field: str, most: int, *, numbers: bool = False, single_line: bool = False) -> str:
        value = self.values.get(field)
        if value is None or (isinstance(value, str) and not value.strip()):
            self.refuse(field, "empty", column=field)
            return ""
        return self._text(field, value, most, numbers=numbers, single_line=single_line)

    def many(
        self, field: str, most: int, most_chars: int, *, numbers: bool = False, blanks: bool = False
    ) -> tuple[str, ...]:
        value = self.values.get(field)
        items = value if isinstance(value, list) else [] if value is None or value == "" else [value]
        if len(items) > most:
            self.refuse(field, "too_many", column=field, count=len(items), most=most)
            return ()
        texts = [
            self._text(field, item, most_chars, numbers=numbers, single_line=field != "references") for item in items
        ]
        return tuple(text for text in texts if text or blanks)

    def language(self) -> str:
        text = self.one("language", limits.MAX_LANGUAGE_CHARS, single_line=True)
        tag = normal_tag(text)
        if text and tag is None:
            self.refuse("language", "language", value=_shown(text), suggestion=suggested_tag(text))
        return tag or ""

    def _text(self, field: str, value: object, most: int, *, numbers: bool, single_line: bool) -> str:
        if numbers and isinstance(value, int | float) and not isinstance(value, bool):
            value = _number(value)
        if not isinstance(value, str):
            self.refuse(field, "not_text", column=field, kind=type(value).__name__)
            return ""
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if unsafe := _unsafe_character(text, single_line=single_line):
            self.refuse(field, "control_character", column=field, character=unsafe)
            return ""
        if len(text) > most:
            self.refuse(field, "too_long", column=field, length=len(text), most=most)
            return ""
        return text


def _number(value: float) -> str:
    """`12` -> "12"; an integer of thousands of digits can't be written, so it is refused as too long by its size."""
    if isinstance(value, int) and abs(value) >= 10**300:
        return "9" * 5000
    return str(value)


def _unsafe_character(text: str, *, single_line: bool) -> str | None:
    """The code point of the first control character or lone surrogate, neither of which the database can keep."""
    allowed = "" if single_line else "\n\t"
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in allowed:
            return f"U+{ord(character):04X}"
    return None


def _shown(text: str) -> str:
    """Short and printable, to be quoted in a message."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return plain if len(plain) <= 40 else plain[:39] + "…"
