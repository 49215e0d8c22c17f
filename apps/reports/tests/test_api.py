"""Page, API and command give the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.services import make_api_token
from apps.reports.exporters import exporters
from apps.reports.services import freeze_report
from apps.reports.tests.makers import make_judged_evaluation

if TYPE_CHECKING:
    from pathlib import Path

    from apps.accounts.models import User
    from conftest import Cast

pytestmark = pytest.mark.slow


def got(person: User | None, address: str) -> tuple[int, bytes]:
    token = make_api_token(actor=person, name=str(uuid4()), now=timezone.now()) if person else "none"
    answer = Client().get(address, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.getvalue()


def test_page_api_and_command_give_the_same_bytes(cast: Cast, client: Client, tmp_path: Path) -> None:
    cast.researcher.language = "ru"
    cast.researcher.save()
    evaluation = make_judged_evaluation(cast.researcher, tasks=2)
    report = freeze_report(actor=cast.researcher, evaluation=evaluation)
    pages = {form: ("export", [report.public_id, form]) for form in exporters()}
    pages["judgments"] = ("raw", [evaluation.public_id])
    pages["preferences-jsonl"] = ("export_preferences", [evaluation.public_id, "jsonl"])
    api = {"raw": "judgments", "export_preferences": "preferences"}
    client.force_login(cast.researcher)
    for form, (name, parts) in pages.items():
        shown = client.get(reverse(f"reports:{name}", args=parts)).getvalue()
        assert got(cast.researcher, reverse(f"reports_api:{api.get(name, name)}", args=parts)) == (200, shown), form
        call_command(
            "export_report", str(report.public_id), format=form, out=tmp_path / form, language="ru", verbosity=0
        )
        assert (tmp_path / form).read_bytes() == shown, form


def test_tokens_open_what_their_owner_may_see(cast: Cast) -> None:
    evaluation = make_judged_evaluation(cast.researcher, tasks=1)
    report = freeze_report(actor=cast.researcher, evaluation=evaluation)
    address = reverse("reports_api:export", args=[report.public_id, "json"])
    assert [got(person, address)[0] for person in (None, cast.outsider)] == [401, 404]
    status, told = got(cast.researcher, reverse("reports_api:reports", args=[evaluation.public_id]))
    assert status == 200
    assert report.sha256.encode() in told
    assert got(cast.researcher, reverse("reports_api:export", args=[report.public_id, "docx"]))[0] == 404
    client = Client(headers={"Authorization": "Bearer none"})
    assert client.post(address).status_code == 401
