"""A workbook with a sheet per section; numbers are numbers, at full precision."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import astuple
from typing import TYPE_CHECKING

from apps.reports.domain.cells import Cell, harmless
from apps.reports.domain.longform import COLUMNS, Line

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from apps.reports.models import Report

name, suffix, label = "xlsx", ".xlsx", "XLSX"
media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = {
    "Overall": "overall",
    "Clusters": "cluster",
    "Languages": "language",
    "Criteria": "criterion",
    "Position": "position",
    "Lengths": "length",
    "Looks": "look",
    "Leaks": "leak",
    "Criteria by cluster": "cell",
    "Marks": "marks",
    "What decides": "driver",
    "Agreement": "agreement",
    "Assessors": "assessor",
    "Sensitivity": "sensitivity",
    "Automatic judges": "automatic",
    "With an automatic judge": "powered",
    "About": "about",
}
RANKING = {"Ranking": "standing", "Pairs": "meeting", "Evaluations": "evaluation", "About": "about"}
WIDTHS = {"A": 12, "B": 24, "C": 26, "D": 24, "Q": 40}


def render(report: Report) -> bytes:
    """The same report gives the same bytes: the time inside is the report's, not the clock's."""
    from openpyxl import Workbook

    workbook = Workbook()
    if workbook.active is not None:
        workbook.remove(workbook.active)
    lines = report.lines
    for title, section in (RANKING if report.ranking else SHEETS).items():
        _fill(workbook.create_sheet(title), [line for line in lines if line.section == section])
    saved = io.BytesIO()
    workbook.save(saved)
    return _without_clock(saved.getvalue(), f"{report.created_at:%Y-%m-%dT%H:%M:%SZ}")


def _fill(sheet: Worksheet, lines: list[Line]) -> None:
    from openpyxl.styles import Font

    sheet.append(COLUMNS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row, line in enumerate(lines, 2):
        for column, value in enumerate(astuple(line), 1):
            _write(sheet, row, column, value)
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
    for letter, width in WIDTHS.items():
        sheet.column_dimensions[letter].width = width


def _write(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    """A float goes in by its shortest exact spelling: openpyxl itself would write 16 digits, one too few for some."""
    exact = repr(value) if isinstance(value, float) else harmless(value) if isinstance(value, str) else value
    cell = sheet.cell(row, column, exact)
    if isinstance(value, float):
        cell.data_type = "n"


def _without_clock(workbook: bytes, when: str) -> bytes:
    """The same archive with `when` as every time in it: openpyxl writes the present moment in two places."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", when.encode(), content)
            target.writestr(zipfile.ZipInfo(entry.filename), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()
