import pytest

from apps.reports.charts.bars import stack
from apps.reports.charts.forest import Forest, Point, plot


def forest(*intervals: tuple[float | None, float | None, float | None]) -> Forest:
    return plot([Point("x", "", value, low, high) for low, value, high in intervals], reference=0.5, bounds=(0, 1))


def test_segments_fill_the_bar_in_order() -> None:
    bars = stack([("All", "", {"a": 0.5, "tie": 0.0, "b": 0.3, "b_much": 0.2}), ("Other", "", {"a": 1.0})])
    first = bars.bars[0].segments
    assert [(segment.verdict, segment.x, segment.width) for segment in first] == [
        ("a", 0, 50),
        ("b", 50, 30),
        ("b_much", 80, 20),
    ]
    assert bars.bars[1].y - bars.bars[0].y == bars.height // 2


def test_slim_segments_carry_no_label() -> None:
    slim, wide = stack([("All", "", {"a": 0.05, "b": 0.95})]).bars[0].segments
    assert (slim.labelled, wide.labelled) == (False, True)


def test_no_difference_stands_in_the_middle() -> None:
    drawn = forest((0.55, 0.6, 0.65))
    assert drawn.reference_x == 50
    assert drawn.marks[0].x is not None
    assert drawn.marks[0].x > 50


def test_marks_keep_the_order_of_their_values() -> None:
    mark = forest((0.2, 0.4, 0.9)).marks[0]
    assert mark.left is not None
    assert mark.x is not None
    assert mark.right is not None
    assert 0 <= mark.left < mark.x < mark.right <= 100
    assert mark.width == pytest.approx(mark.right - mark.left, abs=1e-3)


@pytest.mark.parametrize("reach", [0.0, 0.03, 0.12, 0.31, 0.5])
def test_axis_covers_every_interval_with_few_ticks(reach: float) -> None:
    ticks = [tick.value for tick in forest((0.5 - reach, 0.5, 0.5 + reach)).ticks]
    assert ticks[0] <= 0.5 - reach + 1e-9
    assert ticks[-1] >= 0.5 + reach - 1e-9
    assert 3 <= len(ticks) <= 7
    assert 0.5 in ticks


def test_missing_values_keep_their_row() -> None:
    drawn = forest((None, 0.4, None), (None, None, None))
    assert [(mark.x is None, mark.width) for mark in drawn.marks] == [(False, None), (True, None)]


def test_a_diamond_has_its_tips_at_the_value() -> None:
    assert forest((0.5, 0.6, 0.9)).marks[0].apex == pytest.approx(25, abs=0.1)
    assert forest((None, 0.6, None)).marks[0].apex == 50
