"""Table bytes to lines of text: UTF-8 with or without BOM, anything else named."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from apps.buckets.domain.limits import MAX_ROW_BYTES
from apps.buckets.domain.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_lines(table: Path) -> Iterator[str | Problem]:
    """Lines with their ends, one at a time; stops after the first line that is not UTF-8 or longer than the limit."""
    with table.open("rb") as stream:
        head = stream.read(4096)
        if mark := foreign_mark(head):
            yield Problem(0, "", "not_utf8", {"guess": mark})
            return
        stream.seek(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
        number = 0
        while line := stream.readline(MAX_ROW_BYTES + 1):
            number += 1
            if len(line) > MAX_ROW_BYTES:
                yield Problem(number, "", "row_too_long", {"most_kb": MAX_ROW_BYTES // 1024})
                return
            try:
                yield line.decode()
            except UnicodeDecodeError as error:
                yield Problem(number, "", "not_utf8", {"guess": _guess(line[error.start :])})
                return


def foreign_mark(head: bytes) -> str | None:
    """The encoding that the first bytes give away: a UTF-16 or UTF-32 mark, or the zero bytes of one without."""
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    return "UTF-16" if b"\0" in head[:64] else None


def _guess(rest: bytes) -> str:
    """Cyrillic letters of Windows-1251 are mostly 0xC0-0xFF; Latin-1 texts have few such bytes in a row."""
    high = sum(byte >= 0xC0 for byte in rest[:200])
    return "Windows-1251" if high >= 3 else "Windows-1252"
