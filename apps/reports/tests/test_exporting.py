"""Every form holds exactly the frozen numbers."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from dataclasses import astuple
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.utils import translation

from apps.reports.domain.cells import harmless
from apps.reports.domain.longform import COLUMNS, long_lines
from apps.reports.exporters import export_report, exporters
from apps.reports.formats import percent, percent_interval, points
from apps.reports.tests.makers import make_facts, make_numbers, make_rows, make_unsaved_report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from apps.reports.models import Report

HOSTILE = '=HYPERLINK("http://evil.example","see")'


@pytest.fixture(scope="module")
def report() -> Report:
    return make_unsaved_report()


def csv_rows(report: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(export_report(report, "csv").decode("utf-8-sig"))))


def sheet_rows(report: Report) -> list[tuple[object, ...]]:
    workbook = openpyxl.load_workbook(io.BytesIO(export_report(report, "xlsx")))
    return [row for sheet in workbook.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]


def pdf_text(report: Report, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(export_report(report, "pdf"))
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


def as_text(values: Sequence[object]) -> list[str]:
    words = {True: "true", False: "false"}
    return ["" if v is None else words[v] if isinstance(v, bool) else str(v) for v in values]


def test_the_four_forms_are_found() -> None:
    assert list(exporters()) == ["csv", "json", "pdf", "xlsx"]


def test_json_is_the_frozen_numbers(report: Report) -> None:
    data = json.loads(export_report(report, "json"))
    assert data["numbers"] == report.numbers
    assert data["sha256"] == report.sha256


def test_csv_has_every_number_at_full_precision(report: Report) -> None:
    head, *rows = csv_rows(report)
    assert head == list(COLUMNS)
    assert rows == [as_text(astuple(line)) for line in long_lines(report.content)]
    measured = {(row[0], row[1], row[2]): row for row in rows}
    rate = report.numbers["overall"]["win_rate"]
    assert [float(cell) for cell in measured["overall", "", "win_rate"][3:7]] == [
        rate["value"],
        rate["low"],
        rate["high"],
        rate["p"],
    ]


def test_csv_opens_as_utf8_in_excel(report: Report) -> None:
    content = export_report(report, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert "фото" in content.decode("utf-8-sig")


def test_xlsx_has_every_number_as_a_number_at_full_precision(report: Report) -> None:
    expected = {tuple("" if v is None else v for v in astuple(line)) for line in long_lines(report.content)}
    assert {tuple("" if v is None else v for v in row) for row in sheet_rows(report)} == expected


def test_a_name_that_is_a_formula_stays_text() -> None:
    report = make_unsaved_report(make_numbers([], make_facts(evaluation_name=HOSTILE, a="-2+3\x07")))
    cells = {cell for row in csv_rows(report) for cell in row}
    assert "'" + HOSTILE in cells
    assert HOSTILE not in cells
    workbook = openpyxl.load_workbook(io.BytesIO(export_report(report, "xlsx")))
    assert all(cell.data_type != "f" for sheet in workbook for row in sheet for cell in row)
    assert export_report(report, "pdf").startswith(b"%PDF")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "|x", "%x"])
def test_what_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("a" + text) == "a" + text


def test_pdf_says_the_rounded_numbers_and_the_hash(report: Report, tmp_path: Path) -> None:
    text, numbers = pdf_text(report, tmp_path), report.content
    assert report.sha256 in text
    for group in (numbers.overall, *numbers.clusters, *numbers.languages):
        assert percent(group.win_rate.value) in text
        assert percent_interval(group.win_rate) in text
        assert group.key in text
    for criterion in numbers.criteria:
        assert points(criterion.net.value) in text


def test_pdf_follows_the_readers_language(report: Report, tmp_path: Path) -> None:
    with translation.override("ru"):
        rate = percent(report.content.overall.win_rate.value)
        assert rate.split("%")[0].strip() in pdf_text(report, tmp_path)
        assert "," in rate


def test_names_are_never_read_as_mathematics(tmp_path: Path) -> None:
    hostile = make_facts(evaluation_name=r"$\frac{x$ & $$", a="A" * 120)
    assert r"$\frac{x$ & $$" in pdf_text(make_unsaved_report(make_numbers([], hostile)), tmp_path)


@pytest.mark.parametrize("name", ["csv", "json", "pdf", "xlsx"])
def test_no_judgments_give_a_file_and_again_the_same_bytes(name: str) -> None:
    empty = make_unsaved_report(make_numbers([]))
    assert export_report(empty, name) == export_report(empty, name)


def test_simulated_judgments_are_told_on_paper(tmp_path: Path) -> None:
    simulated = make_unsaved_report(make_numbers(make_rows(tasks=30, simulated=True)))
    assert "90 of 90 judgments were made by programs" in pdf_text(simulated, tmp_path)


def test_an_unknown_form_is_refused(report: Report) -> None:
    with pytest.raises(KeyError):
        export_report(report, "docx")
