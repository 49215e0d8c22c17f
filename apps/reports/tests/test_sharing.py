from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import AuditEvent
from apps.buckets.models import Bucket
from apps.reports.domain.frozen import json_schema
from apps.reports.exporters import exporter_named
from apps.reports.models import ReportLink
from apps.reports.queries import links_of
from apps.reports.raw import stream_judgments
from apps.reports.services import freeze_report
from apps.reports.sharing import share_report
from apps.reports.tests.makers import make_facts, make_judged_evaluation, make_numbers, make_unsaved_report

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from apps.reports.models import Report
    from conftest import Cast

pytestmark = pytest.mark.slow

SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"


@pytest.fixture
def report(cast: Cast) -> Report:
    return freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher))


def test_a_link_reads_one_report_without_an_account_until_it_ends(client: Client, cast: Cast, report: Report) -> None:
    client.force_login(cast.researcher)
    page = client.post(reverse("reports:share", args=[report.public_id]), {"days": "7"}, follow=True).content.decode()
    found = re.search(r"/reports/shared/[\w-]+/", page)
    assert found is not None
    link = ReportLink.objects.get()
    assert found[0].split("/")[3] not in str(vars(link))
    client.logout()
    shared = client.get(found[0])
    assert shared.status_code == 200
    assert shared.headers["Referrer-Policy"] == "no-referrer"
    text = shared.content.decode()
    assert "4 of 4 pairs could be judged." in text
    assert str(report.public_id) not in text
    assert str(cast.researcher) not in text
    assert cast.researcher.email not in text
    client.force_login(cast.outsider)
    assert client.post(reverse("reports:end_link", args=[link.public_id])).status_code == 404
    client.force_login(cast.researcher)
    page = client.post(reverse("reports:end_link", args=[link.public_id]), follow=True).content.decode()
    assert reverse("reports:end_link", args=[link.public_id]) not in page
    client.logout()
    assert client.get(found[0]).status_code == client.get("/reports/shared/nonsense/").status_code == 404
    assert list(AuditEvent.objects.filter(verb__startswith="report.").values_list("verb", flat=True)).count(
        "report.shared"
    )


def test_an_expired_link_is_over(client: Client, cast: Cast, report: Report) -> None:
    token = share_report(actor=cast.researcher, report=report, until=timezone.now() - timedelta(seconds=1))
    assert client.get(reverse("reports:shared", args=[token])).status_code == 404


@pytest.mark.parametrize("lost", [{"is_active": False}, {"role": "assessor"}, {}])
def test_a_link_lasts_no_longer_than_its_makers_access(
    lost: dict[str, object], client: Client, cast: Cast, report: Report
) -> None:
    token = share_report(actor=cast.researcher, report=report, until=timezone.now() + timedelta(days=7))
    address = reverse("reports:shared", args=[token])
    assert client.get(address).status_code == 200
    if lost:
        User.objects.filter(pk=cast.researcher.pk).update(**lost)
    else:
        Bucket.members.through.objects.filter(user=cast.researcher).delete()
    answer = client.get(address)
    assert answer.status_code == 404
    assert "whoever made it may no longer see the report" in answer.content.decode()
    client.force_login(cast.admin)
    page = client.get(reverse("reports:detail", args=[report.public_id])).content.decode()
    assert "opens nothing: its maker may no longer see this report" in page


def test_links_of_one_maker_are_asked_for_once(
    cast: Cast, report: Report, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for days in (1, 2, 3):
        share_report(actor=cast.researcher, report=report, until=timezone.now() + timedelta(days=days))
    with django_assert_num_queries(2):
        assert [opens for _, opens in links_of(report, timezone.now())] == [True, True, True]


def test_comments_stand_below_the_report(client: Client, cast: Cast, report: Report) -> None:
    client.force_login(cast.admin)
    page = client.post(reverse("reports:comment", args=[report.public_id]), {"text": "<b>Ship it</b>"}, follow=True)
    assert "&lt;b&gt;Ship it&lt;/b&gt;" in page.content.decode()
    for address, given, field in (("comment", {"text": " "}, "Comment"), ("share", {"days": "9999"}, "Read-only link")):
        page = client.post(reverse(f"reports:{address}", args=[report.public_id]), given, follow=True)
        assert [str(told).startswith(field) for told in page.context["messages"]] == [True]
    client.force_login(cast.outsider)
    assert client.post(reverse("reports:comment", args=[report.public_id]), {"text": "no"}).status_code == 404


def test_two_reports_compare(client: Client, cast: Cast, report: Report) -> None:
    assert report.evaluation is not None
    again = freeze_report(actor=cast.researcher, evaluation=report.evaluation)
    client.force_login(cast.researcher)
    page = client.get(reverse("reports:compare", args=[again.public_id, report.public_id])).content.decode()
    assert "Both say the same, to the last digit." in page
    assert "Win rate of A, ties half" in page


def test_raw_judgments_are_every_judgment_and_the_same_bytes(client: Client, cast: Cast, report: Report) -> None:
    evaluation = report.evaluation
    assert evaluation is not None
    once, again = (b"".join(stream_judgments(evaluation)) for _ in range(2))
    assert once == again
    rows = pq.read_table(io.BytesIO(once)).to_pylist()
    assert len(rows) == 8
    assert {row["verdict"] for row in rows} == {"a", "tie", "b", "both_bad"}
    assert all(isinstance(json.loads(row["ratings"]), dict) for row in rows)
    client.force_login(cast.researcher)
    answer = client.get(reverse("reports:raw", args=[evaluation.public_id]))
    assert b"".join(answer.streaming_content) == once  # type: ignore[attr-defined]
    assert AuditEvent.objects.filter(verb="judgments.exported").exists()


def test_latex_names_run_no_command() -> None:
    hostile = make_unsaved_report(make_numbers(facts=make_facts(a=r"\input{x}$&%_<|>\n")))
    text = exporter_named("latex").render(hostile).decode()
    assert r"\input" not in text.replace(r"\textbackslash{}input", "")
    assert r"\$\&\%\_\textless{}\textbar{}\textgreater{}" in text
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2


def test_the_published_schema_is_that_of_the_numbers() -> None:
    """Write it anew with `manage.py report_schema > docs/report.schema.json`."""
    assert json.loads(SCHEMA.read_text()) == json.loads(json.dumps(json_schema()))
