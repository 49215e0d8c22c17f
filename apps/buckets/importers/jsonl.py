"""JSON Lines: one object per line; `images` and `references` are a text or a list of texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from apps.buckets.domain.problems import Problem
from apps.buckets.domain.rows import RawRow
from apps.buckets.importers.encoding import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

suffixes = (".jsonl", ".ndjson")


def read(table: Path) -> Iterator[RawRow | Problem]:
    for number, line in enumerate(read_lines(table), start=1):
        if isinstance(line, Problem):
            yield line
        elif line.strip():
            yield parse_line(number, line)


def parse_line(number: int, line: str) -> RawRow | Problem:
    try:
        value = json.loads(line, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        return Problem(number, "", "bad_json", {"column": error.colno, "detail": error.msg})
    except _NameTwice as error:
        return Problem(number, error.name, "column_twice", {"column": error.name})
    except (ValueError, RecursionError) as error:
        return Problem(number, "", "bad_json", {"column": 1, "detail": type(error).__name__})
    if not isinstance(value, dict):
        return Problem(number, "", "json_not_object", {"kind": type(value).__name__})
    return RawRow(number, value)


class _NameTwice(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON itself would silently keep the last of two equal names."""
    values: dict[str, object] = {}
    for name, value in pairs:
        if name in values:
            raise _NameTwice(name[:40])
        values[name] = value
    return values
