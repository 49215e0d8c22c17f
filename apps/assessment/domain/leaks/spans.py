"""Places in a text, and what to do when they overlap."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "self", "own", "prompt", "token"]
KINDS: tuple[Kind, ...] = ("self", "name", "own", "prompt", "token")  # of two that overlap, the first names the whole


@dataclass(frozen=True, order=True)
class Span:
    """`text[start:end]` is `matched`; offsets count characters of the answer as stored."""

    start: int
    end: int
    kind: Kind
    matched: str


def spans_of(kind: Kind, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for found in pattern.finditer(text):
        if found.end() > found.start():
            yield Span(found.start(), found.end(), kind, found.group())


def merge(spans: Iterable[Span], text: str) -> list[Span]:
    """In order and disjoint: those that overlap become one, of the kind that comes first in `KINDS`."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            end, kind = max(last.end, span.end), min(last.kind, span.kind, key=KINDS.index)
            merged.append(Span(last.start, end, kind, text[last.start : end]))
        else:
            merged.append(span)
    return merged
