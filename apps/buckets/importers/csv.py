"""CSV as spreadsheets write it: separator `,` `;` or tab; rows are numbered as a spreadsheet shows them.

A cell of `images` holds names separated by `;`, or the column comes several times; `references` and `alt` use `|`.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from apps.buckets.domain.columns import canonical_column, missing_columns, suggested_column
from apps.buckets.domain.problems import Problem
from apps.buckets.domain.rows import RawRow
from apps.buckets.importers.encoding import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

suffixes = (".csv", ".tsv")
_SEPARATORS = (",", ";", "\t")
_LISTS = {"images": ";", "references": "|", "alt": "|"}


class _Unreadable(Exception):
    """Carries the problem of a line through `csv.reader`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read(table: Path) -> Iterator[RawRow | Problem]:
    """Stops at the first row whose end can't be found; goes on after rows that merely have wrong cells."""
    lines = _lines(table)
    row = 1
    try:
        header = next(lines, "")
        reader = csv.reader(lines, delimiter=separator_of(header), strict=True)
        names = next(csv.reader([header], delimiter=separator_of(header), strict=True), [])
        if problems := list(_header_problems(names)):
            yield from problems
            return
        for row, cells in enumerate(reader, start=2):
            if any(cell.strip() for cell in cells):
                yield _row(row, names, cells)
    except _Unreadable as error:
        yield error.problem
    except csv.Error as error:
        yield Problem(row + 1, "", "bad_csv", {"detail": str(error)})


def separator_of(header: str) -> str:
    """The separator that cuts the header into the most columns we know."""

    def known(separator: str) -> int:
        return sum(canonical_column(name.strip('"\r\n ')) is not None for name in header.split(separator))

    return max(_SEPARATORS, key=known)


def _lines(table: Path) -> Iterator[str]:
    for line in read_lines(table):
        if isinstance(line, Problem):
            raise _Unreadable(line)
        yield line


def _header_problems(names: list[str]) -> Iterator[Problem]:
    found = [canonical_column(name) for name in names]
    for name, column in zip(names, found, strict=True):
        if column is None:
            shown = name.strip()[:40]
            yield Problem(1, shown, "unknown_column", {"column": shown, "suggestion": suggested_column(name)})
        elif column not in _LISTS and found.count(column) > 1:
            yield Problem(1, column, "column_twice", {"column": column})
    for column in missing_columns(name for name in found if name):
        yield Problem(1, column, "column_missing", {"column": column})


def _row(row: int, names: list[str], cells: list[str]) -> RawRow | Problem:
    if any(cell.strip() for cell in cells[len(names) :]):
        return Problem(row, "", "too_many_cells", {"count": len(cells), "most": len(names)})
    values: dict[str, object] = {}
    lists: dict[str, list[str]] = {}
    for name, cell in zip(names, cells, strict=False):
        column = canonical_column(name) or name
        if column in _LISTS:
            lists.setdefault(column, []).extend(_parts(cell, _LISTS[column]))
        else:
            values[column] = cell
    return RawRow(row, {**values, **lists})


def _parts(cell: str, separator: str) -> list[str]:
    """The values in one cell; an empty description keeps its place, an empty cell holds nothing."""
    return [part.strip() for part in cell.split(separator)] if cell.strip() else []
