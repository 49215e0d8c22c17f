from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.reports.exporters import exporters
from apps.reports.figures import draw
from apps.reports.models import Report
from apps.reports.services import freeze_report
from apps.reports.tests.makers import make_judged_evaluation

if TYPE_CHECKING:
    from django.test import Client

    from apps.accounts.models import User
    from conftest import Cast


@pytest.fixture
def report(cast: Cast) -> Report:
    return freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher))


def status(client: Client, user: User, address: str) -> int:
    client.force_login(user)
    return client.get(address).status_code


FORMS = [pytest.param(name, marks=pytest.mark.slow) if name == "pdf" else name for name in ("", *exporters())]


@pytest.mark.parametrize("form", FORMS)
def test_who_may_read_a_report_and_take_it_away(client: Client, cast: Cast, report: Report, form: str) -> None:
    address = reverse("reports:detail", args=[report.public_id])
    if form:
        address = reverse("reports:export", args=[report.public_id, form])
    assert status(client, cast.researcher, address) == status(client, cast.admin, address) == 200
    assert status(client, cast.outsider, address) == 404
    assert status(client, cast.assessor, address) == 403
    client.logout()
    assert client.get(address).status_code == 302


def test_who_may_freeze(client: Client, cast: Cast, report: Report) -> None:
    assert report.evaluation is not None
    address = reverse("reports:freeze", args=[report.evaluation.public_id])
    for user, code in ((cast.outsider, 404), (cast.assessor, 403), (cast.researcher, 302), (cast.admin, 302)):
        client.force_login(user)
        assert client.post(address).status_code == code
    assert client.get(address).status_code == 405
    assert Report.objects.count() == 3


def test_the_list_shows_what_one_may_see(client: Client, cast: Cast, report: Report) -> None:
    link = reverse("reports:detail", args=[report.public_id])
    for user, seen in ((cast.researcher, True), (cast.admin, True), (cast.outsider, False)):
        client.force_login(user)
        assert (link in client.get(reverse("reports:list")).content.decode()) is seen


@pytest.mark.parametrize(("language", "rate"), [("en", "50.0%"), ("ru", "50,0")])
def test_the_page_speaks_the_readers_language(
    client: Client, cast: Cast, report: Report, language: str, rate: str
) -> None:
    cast.researcher.language = language
    cast.researcher.save()
    client.force_login(cast.researcher)
    page = client.get(reverse("reports:detail", args=[report.public_id])).content.decode()
    assert f'lang="{language}"' in page
    assert rate in page
    drawing = page[page.index('<svg class="report-chart"') : page.rindex("</svg>")]
    assert ',000%"' not in drawing
    assert 'x="' in drawing


def test_simulated_judgments_are_announced(client: Client, cast: Cast, report: Report) -> None:
    simulated = freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher, simulated=True))
    client.force_login(cast.researcher)
    for shown, expected in ((report, False), (simulated, True)):
        page = client.get(reverse("reports:detail", args=[shown.public_id])).content.decode()
        assert ("8 of 8 judgments were made by programs" in page) is expected


def test_interim_reports_are_announced_and_few_data_not_tested(client: Client, cast: Cast, report: Report) -> None:
    client.force_login(cast.researcher)
    page = client.get(reverse("reports:detail", args=[report.public_id])).content.decode()
    assert "it is report number 1 of this evaluation" in page
    assert "4 of 4 pairs could be judged." in page
    assert "4 comparisons were scanned" in page
    assert "Nothing was found." in page
    assert "<dt>p against one half</dt><dd>–<small>not tested: too few data</small></dd>" in page
    assert "Interim, report number 1" in client.get(reverse("reports:list")).content.decode()


def test_an_unknown_form_or_report_is_not_found_and_taking_away_is_recorded(
    client: Client, cast: Cast, report: Report
) -> None:
    assert status(client, cast.researcher, reverse("reports:export", args=[report.public_id, "docx"])) == 404
    assert status(client, cast.researcher, reverse("reports:detail", args=[uuid4()])) == 404
    assert not AuditEvent.objects.filter(verb="report.exported").exists()
    client.get(reverse("reports:export", args=[report.public_id, "csv"]))
    assert AuditEvent.objects.get(verb="report.exported").facts["form"] == "csv"


def test_bars_go_from_a_to_b_after_the_database_reordered_the_keys(report: Report) -> None:
    stored = Report.objects.get(pk=report.pk).content
    drawn = [segment.verdict for segment in draw(stored).bars.bars[0].segments]
    assert drawn == ["a", "tie", "both_bad", "b"]
