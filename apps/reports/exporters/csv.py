"""One line per measure, UTF-8 with a byte order mark so that Excel reads Cyrillic; full precision, no locale."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

from apps.reports.domain.cells import Cell, harmless
from apps.reports.domain.longform import COLUMNS

if TYPE_CHECKING:
    from apps.reports.models import Report

name, suffix, media_type, label = "csv", ".csv", "text/csv; charset=utf-8", "CSV"


def render(report: Report) -> bytes:
    from pandas import DataFrame  # takes half a second, and only this page needs it

    lines = [[_written(value) for value in astuple(line)] for line in report.lines]
    text: str = DataFrame(lines, columns=list(COLUMNS), dtype=object).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def _written(value: Cell) -> Cell:
    """Floats by shortest repr, truth values in lower case, text that no spreadsheet runs."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else value
