"""A ranking of several pipelines is a report like others: frozen, exported, shared, compared."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.reports.domain.changes import compare_reports
from apps.reports.domain.frozen import digest, json_schema, ranking_from_json, to_json
from apps.reports.exporters import exporter_named, exporters
from apps.reports.models import Report
from apps.reports.services import freeze_ranking, freeze_report
from apps.reports.several_wording import sentence
from apps.reports.sharing import share_report
from apps.reports.tests.makers import make_judged_evaluation, make_ranking, make_unsaved_ranking
from apps.reports.tests.test_api import got
from apps.reports.tests.test_sharing import SCHEMA

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from conftest import Cast


def csv_rows(report: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exporter_named("csv").render(report).decode("utf-8-sig"))))


def test_a_ranking_comes_back_from_what_is_stored() -> None:
    ranking = make_ranking()
    data = to_json(ranking)
    assert ranking_from_json(json.loads(json.dumps(data))) == ranking
    assert digest(data) == digest(to_json(make_ranking()))
    assert json.loads((SCHEMA.parent / "ranking.schema.json").read_text()) == json.loads(
        json.dumps(json_schema(ranking=True))
    )


def test_csv_and_sheets_hold_every_number(tmp_path: Path) -> None:
    report = make_unsaved_ranking()
    assert report.ranking is not None
    rows = {tuple(row[:3]): row for row in csv_rows(report)}
    best = report.ranking.found.standings[0]
    name = report.ranking.names[best.pipeline]
    assert [float(cell) for cell in rows["standing", "'" + name, "strength"][3:6]] == [
        best.strength.value,
        best.strength.low,
        best.strength.high,
    ]
    assert rows["standing", "'" + name, "place_best"][3] == str(best.best)
    book = openpyxl.load_workbook(io.BytesIO(exporter_named("xlsx").render(report)))
    assert book.sheetnames == ["Ranking", "Pairs", "Evaluations", "About"]
    assert book["Ranking"].max_row == 1 + 6 * 3
    assert book["Ranking"]["D4"].value == best.strength.value


def test_paper_and_latex_say_who_is_best(tmp_path: Path) -> None:
    report = make_unsaved_ranking()
    text = exporter_named("latex").render(report).decode()
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
    assert r"=Oak\_1 r1 & 1 & " in text
    path = tmp_path / "ranking.pdf"
    path.write_bytes(exporter_named("pdf").render(report))
    said = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    said = " ".join(said.split())
    for words in ("“=Oak_1 r1” is better than every other.", "Elm r1 against Ash r1", "Ranking number of this bucket"):
        assert words in said, words


def test_names_open_no_option_of_a_row_in_latex() -> None:
    ranking = make_ranking()
    ranking = replace(
        ranking,
        pipelines=tuple(
            replace(item, pipeline=f"{start}Oak")
            for item, start in zip(ranking.pipelines, ("[3cm]", "*", ""), strict=True)
        ),
    )
    text = exporter_named("latex").render(make_unsaved_ranking(ranking)).decode()
    assert "{[}3cm]Oak" in text
    assert [line for line in text.splitlines() if line.startswith(("[", "*"))] == []


def test_a_workbook_takes_names_that_xml_lacks() -> None:
    ranking = replace(make_ranking(), bucket="=1+1\ufffe\uffff\x0b")
    book = openpyxl.load_workbook(io.BytesIO(exporter_named("xlsx").render(make_unsaved_ranking(ranking))))
    named = {row[2].value: row[3].value for row in book["About"].iter_rows()}
    assert named["bucket"] == "'=1+1" + 3 * "\N{REPLACEMENT CHARACTER}"


def test_nobody_is_called_best_while_judging_goes_on() -> None:
    ranking = make_ranking()
    assert "is better than every other" in sentence(ranking)
    one, *others = ranking.evaluations
    assert "no pipeline is called the best" in sentence(
        replace(ranking, evaluations=(replace(one, state="open"), *others))
    )


def test_two_rankings_compare_by_pipeline() -> None:
    before, after = make_ranking(tasks=60), make_ranking()
    changes = {(change.section, change.group, change.measure): change for change in compare_reports(before, after)}
    assert changes["standing", "Elm r1", "strength"].moved is not None
    assert ("meeting", "=Oak_1 r1 / Elm r1", "win_rate") in changes


@pytest.mark.slow
def test_page_api_and_command_give_a_ranking_in_the_same_bytes(cast: Cast, client: Client, tmp_path: Path) -> None:
    evaluation = make_judged_evaluation(cast.researcher, tasks=2)
    client.force_login(cast.researcher)
    for _ in range(2):
        page = client.post(reverse("reports:freeze_ranking", args=[evaluation.bucket.public_id]), follow=True)
        assert page.templates[0].name == "reports/ranking.html"
    second, first = Report.objects.all()
    assert (second.number, first.number, second.sha256) == (2, 1, first.sha256)
    assert second.is_intact
    event = AuditEvent.objects.filter(verb="report.frozen").latest("pk")
    assert event.facts["evaluations"] == [str(evaluation.public_id)]
    for form in exporters().keys() - {"pdf"}:  # paper goes the same way, and takes its time
        shown = client.get(reverse("reports:export", args=[first.public_id, form])).getvalue()
        assert got(cast.researcher, reverse("reports_api:export", args=[first.public_id, form])) == (200, shown)
        call_command("export_report", str(first.public_id), format=form, out=tmp_path / form, verbosity=0)
        assert (tmp_path / form).read_bytes() == shown, form
    _, listed = got(cast.researcher, reverse("reports_api:rankings", args=[evaluation.bucket.public_id]))
    assert [row["report"] for row in json.loads(listed)["reports"]] == [str(second.public_id), str(first.public_id)]
    with pytest.raises(CommandError, match="one of its evaluations"):
        call_command("export_report", str(first.public_id), format="judgments", out=tmp_path)
    both = reverse("reports:compare", args=[second.public_id, first.public_id])
    assert "Both say the same, to the last digit." in client.get(both).content.decode()
    report = freeze_report(actor=cast.researcher, evaluation=evaluation)
    for nothing in (
        reverse("reports:compare", args=[second.public_id, report.public_id]),
        reverse("reports:comparisons", args=[first.public_id]),
    ):
        assert client.get(nothing).status_code == 404
    assert "Ranking of 2 pipelines" in client.get(reverse("reports:list")).content.decode()


@pytest.mark.slow
def test_a_ranking_is_shared_and_commented_like_a_report(cast: Cast, client: Client) -> None:
    evaluation = make_judged_evaluation(cast.researcher, tasks=1)
    report = freeze_ranking(actor=cast.researcher, bucket=evaluation.bucket)
    client.force_login(cast.researcher)
    page = client.post(reverse("reports:comment", args=[report.public_id]), {"text": "Ship Oak"}, follow=True)
    assert "Ship Oak" in page.content.decode()
    client.force_login(cast.outsider)
    assert client.get(reverse("reports:detail", args=[report.public_id])).status_code == 404
    client.logout()
    token = share_report(actor=cast.researcher, report=report, until=timezone.now() + timedelta(days=1))
    shared = client.get(reverse("reports:shared", args=[token])).content.decode()
    assert "Evaluations taken together" in shared
    assert str(evaluation.public_id) not in shared
    assert cast.researcher.email not in shared
