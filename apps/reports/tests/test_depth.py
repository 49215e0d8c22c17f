from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from apps.reports.deep_figures import draw_depth
from apps.reports.domain.beside import Beside
from apps.reports.domain.build import build_numbers
from apps.reports.domain.frozen import from_json, to_json
from apps.reports.domain.numbers import Asked
from apps.reports.tests.makers import METHOD, Row, make_facts, make_numbers, make_rows
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from apps.reports.domain.depth import Depth


def depth_of(rows: list[Row], beside: Beside | None = None, asked: tuple[Asked, ...] = ()) -> Depth:
    facts = make_facts()
    if asked:
        facts = replace(facts, criteria=tuple(item.key for item in asked), asked=asked)
    depth = build_numbers(rows, facts, METHOD, beside or Beside()).depth
    assert depth is not None
    return depth


def test_cells_of_criteria_and_clusters_are_those_of_the_parts() -> None:
    rows = make_rows(tasks=90)
    depth = depth_of(rows)
    assert len(depth.cells) == 6
    (cell,) = [cell for cell in depth.cells if (cell.criterion, cell.cluster) == ("grammar", "signs")]
    part = make_numbers([row for row in rows if row.cluster == "signs"]).criteria[0]
    assert cell.net == part.net
    assert cell.p_adjusted is not None
    assert set(depth.clusters_drawn) == {"menus", "signs", "фото"}
    assert all(cell.p_adjusted is None for cell in depth_of(make_rows(tasks=30)).cells)


def test_marks_are_crossed_and_counted_per_hundred_words() -> None:
    asked = (Asked("hallucinations", "marks", "", 0),)
    counts = [(2, 0), (0, 0), (1, 1), (0, 3)] * 6
    rows = [
        Row(f"t{task:02}", "a", UUID(int=person), values={"hallucinations": counts[task]})
        for task in range(24)
        for person in range(5)
    ]
    words = {row.task_key: (50, 100) for row in rows}
    (item,) = depth_of(rows, Beside(words=words), asked).discordance
    assert (item.both, item.a_only, item.b_only, item.neither) == (30, 30, 30, 30)
    assert (item.difference.value, item.mcnemar_p) == pytest.approx((0, 1))
    assert item.per_100_a is not None
    assert item.per_100_b is not None
    assert item.per_100_a.value == pytest.approx(100 * 3 / 4 / 50)
    assert item.per_100_b.value == pytest.approx(100 * 4 / 4 / 100)
    assert (item.per_100_a.low or 0) < 1.5 < (item.per_100_a.high or 0)
    assert depth_of(rows, None, asked).discordance[0].per_100_a is None


def test_the_criterion_that_makes_the_verdict_is_the_one_that_decides() -> None:
    rows = [replace(row, verdict={1: "a", 0: "tie", -1: "b"}[row.ratings["grammar"]]) for row in make_rows()]
    grammar, relevance = depth_of(rows).drivers
    assert grammar.effect.value == pytest.approx(1)
    assert grammar.agrees.value == 1
    assert abs(relevance.effect.value or 0) < 0.01
    assert 0.3 < (relevance.agrees.value or 0) < 0.7


def test_who_always_prefers_the_left_and_who_is_stopped_is_flagged_and_left_out() -> None:
    rows = [replace(row, a_on_left=bool(place % 4 // 2)) for place, row in enumerate(make_rows(tasks=120))]
    one, other = rows[0].assessor_id, rows[1].assessor_id
    rows = [replace(row, verdict="a" if row.a_on_left else "b") if row.assessor_id == one else row for row in rows]
    depth = depth_of(rows, Beside(stopped=frozenset([other]), gold={one: (1, 10)}))
    flags = {person.assessor: person.flags for person in depth.assessors}
    assert "side" in flags[str(one)]
    assert "gold" in flags[str(one)]
    assert flags[str(other)] == ("stopped",)
    assert sum(map(bool, flags.values())) == 2
    variants = {item.key: item for item in depth.variants}
    kept = [row for row in rows if row.assessor_id not in (one, other)]
    assert variants["without_flagged"].win_rate.value == make_numbers(kept).overall.win_rate.value
    assert not variants["without_leaks"].applies


def test_variants_leave_out_leaks_and_weigh_clusters() -> None:
    rows = make_rows(tasks=60)
    leaked = frozenset(row.task_key for row in rows if row.cluster == "signs")
    depth = depth_of(rows, Beside(leaked=leaked, traffic={"menus": 1.0}))
    variants = {item.key: item.win_rate for item in depth.variants}
    without = make_numbers([row for row in rows if row.cluster != "signs"]).overall
    menus = next(group for group in make_numbers(rows).clusters if group.key == "menus")
    assert variants["without_leaks"].value == without.win_rate.value
    assert variants["traffic"].value == pytest.approx(menus.win_rate.value)
    assert variants["headline"] == make_numbers(rows).overall.win_rate
    assert variants["tasks_only"].value == variants["headline"].value


def test_longer_answers_that_win_are_seen() -> None:
    rows = make_rows(tasks=80, lean=0)
    words = {f"t{task:03}": (100, 60 if task % 2 else 140) for task in range(80)}
    swayed = [replace(row, verdict="a" if int(row.task_key[1:]) % 4 == 1 else row.verdict) for row in rows]
    lengths = depth_of(swayed, Beside(words=words)).lengths
    assert lengths is not None
    assert (lengths.words_a, lengths.words_b) == pytest.approx((100, 100))
    assert (lengths.longer_wins.value or 0) > 0.6
    assert (lengths.slope.low or 0) > 0
    assert [round(item.middle) for item in lengths.bins] == [-40, 40]


def test_agreement_speaks_of_the_verdict_and_of_marks_by_answer() -> None:
    asked = (Asked("errors", "marks", "", 0), Asked("tone", "comparative", "", 0))
    rows = [
        Row(f"t{task}", ("a", "b")[task % 2], UUID(int=person), values={"errors": (task % 3 == 0, 0)})
        for task in range(12)
        for person in range(3)
    ]
    verdict, errors, tone = depth_of(rows, None, asked).agreement
    assert (verdict.alpha.value, verdict.alpha.units) == (1, 12)
    assert (errors.alpha.value, errors.alpha.units, errors.level) == (1, 24, "nominal")
    assert tone.alpha.undefined is Reason.NO_OVERLAP


@pytest.mark.parametrize("rows", [[], [Row("x", "tie")], [Row("x", "a"), Row("y", "a")]])
def test_hardly_any_judgments_give_numbers_that_explain_themselves(rows: list[Row]) -> None:
    numbers = make_numbers(rows)
    assert from_json(to_json(numbers)) == numbers
    assert draw_depth(numbers) is not None
    assert not any(isinstance(value, float) and math.isnan(value) for value in _leaves(to_json(numbers)))


def test_version_4_is_read_without_depth() -> None:
    old = {name: value for name, value in to_json(make_numbers()).items() if name != "depth"}
    read = from_json({**old, "version": 4})
    assert (read.depth, draw_depth(read)) == (None, None)


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]
