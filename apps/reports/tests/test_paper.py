"""What a director reads on paper beyond the verdict: the same numbers as on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from apps.reports.domain.beside import Beside
from apps.reports.domain.build import build_numbers
from apps.reports.domain.numbers import Asked
from apps.reports.domain.watching import Plan, watch
from apps.reports.formats import percent, points
from apps.reports.paper.sheet import LEFT, RIGHT, text_width
from apps.reports.paper.tables import FIRST, GAP, _fitted
from apps.reports.tests.makers import METHOD, make_facts, make_rows, make_unsaved_report
from apps.reports.tests.test_exporting import pdf_text
from apps.reports.tests.test_powered import powered
from apps.statistics.power import Design
from apps.statistics.scores import score_verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from apps.reports.domain.numbers import Numbers


def whole_numbers() -> Numbers:
    """With everything that a report may hold: marks, a plan, a judge that may be used, weights."""
    asked = (Asked("grammar", "comparative", "", 0), Asked("hallucinations", "marks", "", 0))
    facts = replace(make_facts(), asked=asked, criteria=tuple(item.key for item in asked))
    rows = [replace(row, values={"hallucinations": (0, int(row.verdict == "a"))}) for row in make_rows(tasks=90)]
    traffic = {"menus": 0.75, "signs": 0.25}
    words = {row.task_key: (40, 60) for row in rows}
    numbers = build_numbers(rows, facts, METHOD, Beside(words=words, traffic=traffic))
    scores, tasks = score_verdicts([row.verdict for row in rows]), [row.task_key for row in rows]
    found = watch(scores, tasks, [str(row.assessor_id) for row in rows], Plan(0.05, Design(), "lan_demets", 2, 270))
    return replace(numbers, watch=found, powered=(powered(rows),), traffic=traffic)


@pytest.mark.slow
def test_the_pdf_tells_where_why_by_whom_and_whether_it_would_stand(tmp_path: Path) -> None:
    numbers = whole_numbers()
    depth = numbers.depth
    assert depth is not None
    text = " ".join(pdf_text(make_unsaved_report(numbers), tmp_path).split())
    for heading in (
        "Sharpened by an automatic judge",
        "Is it known yet?",
        "Criteria by cluster",
        "Errors and hallucinations",
        "Which criteria decide",
        "How far assessors agree",
        "Would other choices change the verdict?",
        "Did length matter?",
        "In use clusters count as: menus 75.0%, signs 25.0%.",
    ):
        assert heading in text
    assert percent(numbers.powered[0].win_rate.value) in text
    assert points(depth.discordance[0].difference.value) in text
    assert all(percent(item.win_rate.value) in text for item in depth.variants if item.applies)


def test_a_table_of_long_heads_still_fits_the_page() -> None:
    head = ["Group", *["Поразительно длинные заголовки"] * 8]
    size, widths = _fitted(head, [["x", *["100,0% (от 10,0% до 20,0%)"] * 8]])
    assert sum(widths) + FIRST <= RIGHT - LEFT + 0.1
    size, widths = _fitted(["Group", "Words of a head"], [["x", "12"]])
    assert size == 7.5
    assert widths[0] == pytest.approx(GAP + text_width("Words", size, bold=True))
