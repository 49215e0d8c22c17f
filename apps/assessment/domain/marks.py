"""Marks: places in an answer that are wrong, as the page sends them, and whether they can be true."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

HALLUCINATIONS = ("object", "attribute", "count", "relation", "text")
ERRORS = ("fact", "logic")
MARK_KINDS = (*HALLUCINATIONS, *ERRORS)
SEVERITIES = ("minor", "major")
AT_MOST = 50  # marks of one judgment
LONGEST = 200_000  # characters of the JSON
WHOLE = 1000  # a picture's width and height

Offset = Annotated[int, Field(ge=0, le=10_000_000)]
Part = Annotated[int, Field(ge=0, le=WHOLE)]
Side = Annotated[int, Field(ge=1, le=2)]


class MarkWrong(ValueError):
    """`number` counts the marks from 1 (0: all of them); `reason` is a key of `apps.assessment.labels.MARK_WRONG`."""

    def __init__(self, number: int, reason: str, detail: str = "") -> None:
        super().__init__(f"mark {number}: {reason} {detail}".strip())
        self.number, self.reason, self.detail = number, reason, detail


@checked(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class Region:
    """A rectangle in thousandths of the width and height of picture `picture`, which counts from 1."""

    picture: Annotated[int, Field(ge=1)]
    left: Part
    top: Part
    width: Annotated[int, Field(ge=1, le=WHOLE)]
    height: Annotated[int, Field(ge=1, le=WHOLE)]


@checked(frozen=True, config=ConfigDict(extra="forbid", strict=True))
class MarkInput:
    """Answer 1 or 2, and characters `start` to `end` of its text as shown, which read `quote`; without them the mark
    speaks of the whole answer, such as of something missing."""

    answer: Side
    kind: str
    severity: str
    start: Offset | None = None
    end: Offset | None = None
    quote: str = ""
    note: Annotated[str, Field(max_length=500)] = ""
    region: Region | None = None


READER = TypeAdapter(tuple[MarkInput, ...])


@dataclass(frozen=True)
class Shown:
    """What a mark may point at: both answers as text, in the order shown, and the number of pictures."""

    texts: tuple[str, str]
    pictures: int


def read_marks(source: str) -> tuple[MarkInput, ...]:
    """From the JSON of the form. Raises MarkWrong for the first thing that is no mark."""
    if not source.strip():
        return ()
    if len(source) > LONGEST:
        raise MarkWrong(0, "too_long")
    try:
        return READER.validate_json(source, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        number, *path = (*first["loc"], "") if first["loc"] else (-1, "")
        where = ".".join(str(part) for part in path if part != "")
        raise MarkWrong(int(number) + 1, "shape", f"{where}: {first['msg']}".strip(": ")) from None


def check_marks(marks: Sequence[MarkInput], shown: Shown, kinds: Collection[str]) -> None:
    """Raises MarkWrong for the first mark that can't be true of what was shown."""
    if len(marks) > AT_MOST:
        raise MarkWrong(0, "too_many")
    for number, mark in enumerate(marks, start=1):
        if reason := fault(mark, shown, kinds):
            raise MarkWrong(number, reason)


def fault(mark: MarkInput, shown: Shown, kinds: Collection[str]) -> str:
    if mark.kind not in kinds:
        return "kind"
    if mark.severity not in SEVERITIES:
        return "severity"
    return misplaced(mark, shown.texts[mark.answer - 1]) or beside(mark.region, shown.pictures)


def misplaced(mark: MarkInput, text: str) -> str:
    if mark.start is None or mark.end is None:
        return "half" if (mark.start, mark.end, mark.quote) != (None, None, "") else ""
    if not mark.start < mark.end <= len(text):
        return "range"
    if text[mark.start : mark.end] != mark.quote:
        return "quote"
    return "" if mark.quote.strip() else "blank"


def beside(region: Region | None, pictures: int) -> str:
    if region is None:
        return ""
    if region.picture > pictures:
        return "picture"
    return "region" if region.left + region.width > WHOLE or region.top + region.height > WHOLE else ""
