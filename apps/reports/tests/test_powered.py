"""An automatic judge sharpens the win rate beside people's headline, or the report says why it may not."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from django.template.loader import render_to_string

from apps.reports.domain.columns import columns_of
from apps.reports.domain.frozen import from_json, to_json
from apps.reports.domain.longform import long_lines
from apps.reports.domain.powered import PoweredNumbers, power
from apps.reports.powered_wording import powered_forest, powered_sentence
from apps.reports.tests.makers import Row, make_numbers, make_rows

WORTH = {"a_much": 1.0, "a": 1.0, "tie": 0.0, "both_bad": 0.0, "b": -1.0, "b_much": -1.0}


def powered(
    rows: list[Row], *, honest: bool = True, rest: int = 300, finished: bool = True, sides: int = 1
) -> PoweredNumbers:
    """The judge says what the first assessor of the task said, or draws; `rest` tasks it judged alone."""
    chance = random.Random(1)
    said = {row.task_key: sides * WORTH[row.verdict] for row in rows}
    alone = [f"x{place}" for place in range(rest)]
    said |= {key: chance.choice((1.0, 1.0, 0.0, -1.0)) for key in alone}
    if not honest:
        said = {key: chance.choice((1.0, 0.0, -1.0)) for key in said}
    return power("Zebra r1", "model", columns_of(rows, ()), said, list(said), finished=finished, confidence=0.95)


def test_a_judge_that_agrees_narrows_the_interval_beside_the_headline() -> None:
    rows = make_rows(tasks=120, overlap=1, panel=12)
    found = powered(rows)
    assert (found.refused, found.shared, found.alone) == ("", 120, 300)
    assert 0 < found.weight <= 1
    assert found.saved > 0.2
    width = (found.win_rate.high or 0) - (found.win_rate.low or 0)
    assert width < (found.people.high or 0) - (found.people.low or 0)
    plain = make_numbers(rows)
    numbers = replace(plain, powered=(found,))
    assert from_json(to_json(numbers)) == numbers
    assert numbers.overall == plain.overall
    assert next(line.group for line in long_lines(numbers) if line.section == "powered") == "Zebra r1"
    page = render_to_string("reports/powered.html", {"numbers": numbers, "powered_forest": powered_forest(numbers)})
    assert "uses an automatic judge" in page
    assert "People alone, the headline" in page


@pytest.mark.parametrize(
    ("rows", "how", "refused", "words"),
    [
        (make_rows(), {"finished": False}, "unfinished", "not been asked about every comparison"),
        (make_rows(), {"rest": 0}, "everywhere", "nothing for the judge to add"),
        (make_rows(tasks=20), {}, "few", "at least 30 tasks and 5 assessors"),
        (make_rows(panel=3), {}, "few", "at least 30 tasks and 5 assessors"),
        ([Row("t1", "a"), Row("t2", "b")], {"sides": -1}, "few", "at least 30 tasks"),
        ([], {}, "few", "at least 30 tasks"),
        (make_rows(), {"honest": False}, "agreement", "does not pass the agreement test"),
        (make_rows(overlap=1), {"sides": -1}, "agreement", "correlation of −1.00"),
    ],
)
def test_where_the_judge_may_not_be_used_the_report_says_why(
    rows: list[Row], how: dict[str, int], refused: str, words: str
) -> None:
    found = powered(rows, **how)  # type: ignore[arg-type]
    assert (found.refused, found.weight, found.saved) == (refused, 0, 0)
    assert found.win_rate == found.people
    assert words in powered_sentence(found)
    assert powered_forest(replace(make_numbers(), powered=(found,))) is None
