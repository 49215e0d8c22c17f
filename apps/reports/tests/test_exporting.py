"""Every form holds exactly the frozen numbers."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.utils import translation

from apps.reports.domain.cells import harmless
from apps.reports.domain.longdepth import all_lines
from apps.reports.domain.longform import COLUMNS, long_lines
from apps.reports.domain.watching import Plan, watch
from apps.reports.exporters import exporter_named, exporters
from apps.reports.exporters.xlsx import SHEETS
from apps.reports.formats import p_value, percent, percent_interval, points
from apps.reports.tests.makers import make_facts, make_numbers, make_rows, make_unsaved_report
from apps.reports.tests.test_powered import powered
from apps.statistics.power import Design

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from apps.reports.models import Report

HOSTILE = '=HYPERLINK("http://evil.example","see")'


@pytest.fixture(scope="module")
def report() -> Report:
    return make_unsaved_report()


def csv_rows(report: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exporter_named("csv").render(report).decode("utf-8-sig"))))


def sheet_rows(report: Report) -> list[tuple[object, ...]]:
    workbook = openpyxl.load_workbook(io.BytesIO(exporter_named("xlsx").render(report)))
    return [row for sheet in workbook.worksheets for row in sheet.iter_rows(min_row=2, values_only=True)]


def pdf_text(report: Report, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(exporter_named("pdf").render(report))
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


def as_text(values: Sequence[object]) -> list[str]:
    words = {True: "true", False: "false"}
    return ["" if v is None else words[v] if isinstance(v, bool) else str(v) for v in values]


def test_all_forms_are_found() -> None:
    assert list(exporters()) == ["csv", "json", "latex", "pdf", "xlsx"]


def test_json_is_the_frozen_numbers(report: Report) -> None:
    data = json.loads(exporter_named("json").render(report))
    assert data["numbers"] == report.numbers
    assert data["sha256"] == report.sha256


def test_csv_has_every_number_at_full_precision(report: Report) -> None:
    head, *rows = csv_rows(report)
    assert head == list(COLUMNS)
    assert rows == [as_text(astuple(line)) for line in all_lines(report.content)]
    measured = {(row[0], row[1], row[2]): row for row in rows}
    rate = report.numbers["overall"]["win_rate"]
    assert [float(cell) for cell in measured["overall", "", "win_rate"][3:7]] == [
        rate["value"],
        rate["low"],
        rate["high"],
        rate["p"],
    ]


def test_csv_opens_as_utf8_in_excel(report: Report) -> None:
    content = exporter_named("csv").render(report)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "фото" in content.decode("utf-8-sig")


def test_xlsx_has_every_number_as_a_number_at_full_precision(report: Report) -> None:
    expected = {tuple("" if v is None else v for v in astuple(line)) for line in all_lines(report.content)}
    assert {tuple("" if v is None else v for v in row) for row in sheet_rows(report)} == expected


@pytest.mark.slow
def test_a_name_that_is_a_formula_stays_text() -> None:
    report = make_unsaved_report(make_numbers([], make_facts(evaluation_name=HOSTILE, a="-2+3\x07")))
    cells = {cell for row in csv_rows(report) for cell in row}
    assert "'" + HOSTILE in cells
    assert HOSTILE not in cells
    workbook = openpyxl.load_workbook(io.BytesIO(exporter_named("xlsx").render(report)))
    assert all(cell.data_type != "f" for sheet in workbook for row in sheet for cell in row)
    assert exporter_named("pdf").render(report).startswith(b"%PDF")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "|x", "%x"])
def test_what_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert harmless(text) == "'" + text
    assert harmless("a" + text) == "a" + text


@pytest.mark.slow
def test_pdf_says_the_rounded_numbers_and_the_hash(report: Report, tmp_path: Path) -> None:
    text, numbers = pdf_text(report, tmp_path), report.content
    assert report.sha256 in text
    for group in (numbers.overall, *numbers.clusters, *numbers.languages):
        assert percent(group.win_rate.value) in text
        assert percent_interval(group.win_rate) in text
        assert group.key in text
    for criterion in numbers.criteria:
        assert points(criterion.net.value) in text


@pytest.mark.slow
def test_paper_says_what_the_page_says(report: Report, tmp_path: Path) -> None:
    text = " ".join(pdf_text(report, tmp_path).split())
    shares = report.content.overall
    assert f"{percent(shares.shares['tie'])} ({shares.counts['tie']})" in text
    for words in ("Cochran's Q is", "The answer on the left won", "other assessors of the same kind", "12:00 UTC"):
        assert words in text, words.lower()
    assert "Seed" not in text
    assert "Interim" not in text


@pytest.mark.slow
def test_what_was_decided_about_leaks_is_in_every_form(report: Report, tmp_path: Path) -> None:
    csv_lines = {tuple(row[:4]) for row in csv_rows(report) if row[0] == "leak"}
    assert {
        ("leak", "name", "masked", "4"),
        ("leak", "token", "excluded", "1"),
        ("leak", "", "comparisons_masked", "3"),
    } <= csv_lines
    assert ("leak", "name", "accepted", 1) in {row[:4] for row in sheet_rows(report)}
    assert json.loads(exporter_named("json").render(report))["numbers"]["facts"]["leaks"]["kinds"][0]["masked"] == 4
    text = " ".join(pdf_text(report, tmp_path).split())
    for words in (
        "60 of 64 pairs could be judged",
        "1 was excluded",
        "62 comparisons were scanned",
        "Mark of a tokenizer 0 1 0 7",
    ):
        assert words in text, words


def test_every_section_has_a_sheet() -> None:
    """Looks, lengths and automatic judges too, which the sample report lacks."""
    numbers = make_numbers(make_rows(tasks=60, overlap=1, panel=12))
    found = watch([1.0, 0.0], [0, 1], [0, 1], Plan(0.05, Design(), "lan_demets", 2, 4))
    full = make_unsaved_report(replace(numbers, watch=found, powered=(powered(make_rows(overlap=1)),)))
    lines = {line.section for line in full.lines}
    assert {"look", "powered"} <= lines <= set(SHEETS.values())
    assert len(sheet_rows(full)) == len(full.lines)


@pytest.mark.slow
def test_few_data_are_marked_and_not_tested_on_paper(tmp_path: Path) -> None:
    numbers = make_numbers(make_rows(tasks=8, panel=3))
    text = pdf_text(make_unsaved_report(numbers), tmp_path)
    assert text.count("(few") >= len(numbers.criteria) + len(numbers.clusters)
    tested = [line for line in long_lines(numbers) if line.enough is False]
    assert tested
    assert not any(line.p or line.p_adjusted for line in tested)
    assert p_value(numbers.criteria[0].net.p) not in text


@pytest.mark.slow
def test_interim_reports_say_so_in_every_form(tmp_path: Path) -> None:
    early = make_unsaved_report(make_numbers(facts=make_facts(state="open")))
    assert "report number 1 of this evaluation" in " ".join(pdf_text(early, tmp_path).split())
    assert json.loads(exporter_named("json").render(early))["interim"] is True
    assert any("interim" in cell for row in csv_rows(early) for cell in row)


@pytest.mark.slow
def test_pdf_follows_the_readers_language(report: Report, tmp_path: Path) -> None:
    with translation.override("ru"):
        rate = percent(report.content.overall.win_rate.value)
        assert rate.split("%")[0].strip() in pdf_text(report, tmp_path)
        assert "," in rate


@pytest.mark.slow
def test_names_are_never_read_as_mathematics(tmp_path: Path) -> None:
    hostile = make_facts(evaluation_name=r"$\frac{x$ & $$", a="A" * 120)
    assert r"$\frac{x$ & $$" in pdf_text(make_unsaved_report(make_numbers([], hostile)), tmp_path)


@pytest.mark.parametrize("name", ["csv", "json", "xlsx", pytest.param("pdf", marks=pytest.mark.slow)])
def test_no_judgments_give_a_file_and_again_the_same_bytes(name: str) -> None:
    empty = make_unsaved_report(make_numbers([]))
    assert exporter_named(name).render(empty) == exporter_named(name).render(empty)


@pytest.mark.slow
def test_simulated_judgments_are_told_on_paper(tmp_path: Path) -> None:
    simulated = make_unsaved_report(make_numbers(make_rows(tasks=30, simulated=True)))
    assert "90 of 90 judgments were made by programs" in pdf_text(simulated, tmp_path)


def test_an_unknown_form_is_refused(report: Report) -> None:
    with pytest.raises(KeyError):
        exporter_named("docx").render(report)
