"""Tables of a user's own, one JSON object a line: sound rows, or what is wrong with which field of which line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from inference.errors import ModelUnavailable

MAX_LINE_BYTES = 1_000_000
TOLD = {
    "missing": "it is missing; add it (an empty text is allowed where there is nothing to say)",
    "string_type": "it must be text; put quotes around it",
    "string_too_short": "it is empty; give it a value",
    "string_unicode": "it holds half of a surrogate pair; write the file as UTF-8",
    "model_type": "a line is one JSON object: {…}",
}


def without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "it holds the character NUL (\\u0000), which can't be stored; remove it")
    return text


NoNul = AfterValidator(without_nul)


class Row(BaseModel):
    """Fields that are not known are passed over: exports carry more than we need."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")
    id: str


Kind = TypeVar("Kind", bound=Row)


@dataclass(frozen=True)
class RowFault:
    """`line` is 1-based; `field` is empty where the whole line is at fault."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {f'“{self.field}”: ' if self.field else ''}{self.message}"


def read_rows(path: Path, kind: type[Kind]) -> Iterator[Kind | RowFault]:
    """Sound rows and faults in the order of the lines; empty lines are passed over. Memory: one id per row."""
    return (row for _, row in numbered_rows(path, kind))


def numbered_rows(path: Path, kind: type[Kind]) -> Iterator[tuple[int, Kind | RowFault]]:
    """Each with its 1-based line."""
    lines: dict[str, int] = {}
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                told = f"it is longer than {MAX_LINE_BYTES:,} bytes; split it. Reading ends here"
                yield number, RowFault(number, "", told)
                return
            if line.strip():
                yield from ((number, row) for row in row_of(line, number, kind, lines))


def row_of(line: bytes, number: int, kind: type[Kind], lines: dict[str, int]) -> Iterator[Kind | RowFault]:
    try:
        row = kind.model_validate_json(line)
    except ValidationError as error:
        yield from (fault_of(detail, number) for detail in error.errors(include_url=False, include_input=False))
        return
    if row.id in lines:
        yield RowFault(number, "id", f"line {lines[row.id]} has this id already; give every row its own")
    else:
        lines[row.id] = number
        yield row


def fault_of(detail: ErrorDetails, number: int) -> RowFault:
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "json_invalid":
        return RowFault(number, "", f"it is not JSON ({detail['ctx']['error']}); a line is one JSON object: {{…}}")
    if detail["type"] == "string_too_long":
        return RowFault(number, name, f"it is longer than {detail['ctx']['max_length']:,} characters; shorten it")
    return RowFault(number, name, TOLD.get(detail["type"], detail["msg"]))


def sound_rows(path: Path, kind: type[Kind]) -> Iterator[Kind]:
    """Raises ModelUnavailable at the first fault."""
    for row in read_rows(path, kind):
        if isinstance(row, RowFault):
            raise ModelUnavailable(f"{path.name}, {row}.")
        yield row


def as_line(row: BaseModel) -> str:
    return json.dumps(row.model_dump(mode="json"), ensure_ascii=False) + "\n"
