from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from apps.assessment.models import Evaluation
from apps.assessment.tests.makers import make_judgment
from apps.buckets.models import Bucket
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from apps.accounts.models import User
    from conftest import Cast
    from tests.browser.conftest import PageAs


def test_from_a_table_to_an_exported_report(page_as: PageAs, cast: Cast, tmp_path: Path) -> None:
    page = page_as(cast.researcher)
    bucket = import_bucket(page, write_table(tmp_path))
    for name, text in (("Lighthouse", "Blue"), ("Harbour", "No idea")):
        make_run(bucket, make_revision(cast.researcher, name=name), text=text)
    evaluation = open_evaluation(page, bucket, cast.assessor)
    for _ in range(2):
        make_judgment(evaluation, assessor=cast.assessor)
    page.reload()
    page.get_by_role("button", name="Freeze a report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which blue?")
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    exported = json.loads(download.value.path().read_text())
    assert exported["numbers"] == evaluation.reports.get().numbers


def write_table(folder: Path) -> Path:
    rows = [
        {"key": f"q{n}", "instruction": f"Which blue is number {n}?", "language": "en", "cluster": "c"} for n in (1, 2)
    ]
    table = folder / "tasks.jsonl"
    table.write_text("\n".join(json.dumps(row) for row in rows))
    return table


def import_bucket(page: Page, table: Path) -> Bucket:
    page.goto("/buckets/import/")
    page.get_by_label("Name", exact=True).fill("Blues")
    page.locator("input[type=file]").first.set_input_files(table)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Blues")
    return Bucket.objects.get(name="Blues")


def open_evaluation(page: Page, bucket: Bucket, assessor: User) -> Evaluation:
    """From the list of runs: choose the two, compare them, name an assessor."""
    page.goto(f"/runs/?bucket={bucket.public_id}")
    page.get_by_label(re.compile("^Lighthouse.* as the candidate")).check(force=True)
    page.get_by_label(re.compile("^Harbour.* as the baseline")).check(force=True)
    page.get_by_role("button", name="Compare side by side").click()
    page.get_by_label("Name", exact=True).fill("Which blue?")
    page.get_by_label(re.compile("Judgments per comparison", re.IGNORECASE)).fill("1")
    page.get_by_label(re.compile(re.escape(assessor.email))).check(force=True)
    page.get_by_role("button", name="Open the evaluation").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which blue?")
    return Evaluation.objects.get(name="Which blue?")
