"""Automatic judges stand in a report marked as what they are, and move none of people's numbers."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from apps.judges.tests.makers import make_model_judge
from apps.reports.domain.longform import long_lines
from apps.reports.services import freeze_report
from apps.reports.tests.makers import make_judged_evaluation
from apps.reports.tests.test_exporting import pdf_text
from conftest import Cast

pytestmark = pytest.mark.slow


def test_a_judge_is_told_and_never_counted(cast: Cast, client: Client, tmp_path: Path) -> None:
    evaluation = make_judged_evaluation(cast.researcher)
    before = freeze_report(actor=cast.researcher, evaluation=evaluation).content
    replies = {"t0": ("verdict: 2", "verdict: 1"), "t1": ("verdict: 1", "verdict: 1")}
    make_model_judge(cast.researcher, evaluation, replies=replies, name="Zebra")
    report = freeze_report(actor=cast.researcher, evaluation=evaluation)
    after = report.content
    [judge] = after.facts.automatic
    assert (judge.kind, judge.judged, judge.win_rate.value, judge.flips) == ("model", 2, 0.25, 1)
    assert [item.refused for item in after.powered] == ["unfinished"]
    assert replace(after, facts=replace(after.facts, automatic=()), powered=()) == before
    lines = [line for line in long_lines(after) if "Zebra" in f"{line.group} {line.value}"]
    assert {line.section for line in lines} == {"automatic", "powered"}
    client.force_login(cast.researcher)
    page = client.get(reverse("reports:detail", args=[report.public_id])).content.decode()
    assert 'Zebra r1 <span class="badge badge--warn">automatic</span>' in page
    text = " ".join(pdf_text(report, tmp_path).split())
    assert "Their word counts only in numbers that say so." in text
    assert "Zebra r1 (automatic)" in text
