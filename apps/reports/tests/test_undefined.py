"""What has no value says why, on the page and on paper: nothing judged, one assessor, one task, all alike."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from apps.reports.domain.changes import compare_reports
from apps.reports.tests.makers import Row, make_numbers, make_rows, make_unsaved_report
from apps.reports.views import parts

if TYPE_CHECKING:
    from apps.reports.domain.numbers import Numbers

ONE = [replace(row, assessor_id=UUID(int=1)) for row in make_rows(tasks=30, overlap=1)]
ALIKE = [replace(row, verdict="a", ratings={"grammar": 0, "relevance": 1}) for row in make_rows(tasks=30)]

TIES = [replace(row, verdict="tie") for row in make_rows(tasks=30)]


def page_of(numbers: Numbers) -> str:
    report = make_unsaved_report(numbers)
    page = render_to_string("reports/detail.html", {"report": report, "shared": True, **parts(report)})
    return " ".join(re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL).split())


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], ["Nobody has judged", "not tested: too few data"]),
        (
            ONE,
            ["There is no interval: it needs at least two assessors.", "Agreement is not defined: nothing was rated"],
        ),
        ([Row("x", "tie")], ["There is no interval: it needs at least two tasks.", "Every judgment was a tie"]),
        (ALIKE, ["There is no interval: all judgments say the same.", "Agreement beyond chance is not defined"]),
        (TIES, ["Win rate without ties: Every judgment was a tie", "The design effect is not defined"]),
        (make_rows(tasks=12), ["few data", "Fewer than two groups have enough data", 'fill="url(#texture-few)"']),
    ],
)
def test_the_page_explains_what_has_no_value(rows: list[Row], told: list[str]) -> None:
    page = page_of(make_numbers(rows))
    assert [words for words in told if words not in page] == []
    assert not re.search(r"\b(nan|None|inf)\b|left won –|>[^<]*, –<", page)


def test_two_reports_of_which_one_is_empty_compare() -> None:
    changes = compare_reports(make_numbers([]), make_numbers())
    both = {"report": make_unsaved_report(), "before": make_unsaved_report(make_numbers([]))}
    page = render_to_string("reports/compare.html", {"changes": changes, **both})
    assert "Cluster: menus" in page
    assert "Win rate of A, ties half" in page
    assert not re.search(r"\b(nan|None|win_rate)\b", page)
