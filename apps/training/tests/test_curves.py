from hypothesis import example, given
from hypothesis import strategies as st

from apps.training.domain.curves import MOST_POINTS, MOST_ROWS, draw

VALUES = st.lists(st.floats(0, 1e6), min_size=2, max_size=500)


def test_a_curve_stands_in_its_box_from_the_first_value_to_the_last() -> None:
    curve = draw([(10, 2.0), (20, 1.0), (40, 0.5)], steps=80)
    assert curve is not None
    assert curve.points == "12.50,0.00 25.00,50.00 50.00,75.00"
    assert [tick.value for tick in curve.heights] == [0.0, 1.0, 2.0]
    assert curve.rows == ((10, 2.0), (20, 1.0), (40, 0.5))
    assert draw([(10, 2.0)], steps=80) is None, "a point is no curve"


@given(VALUES)
@example([0.0, 5e-324])
def test_long_curves_are_thinned_and_keep_their_ends(values: list[float]) -> None:
    points = list(enumerate(values, 1))
    curve = draw(points, steps=0)
    assert curve is not None
    assert (curve.rows[0], curve.rows[-1]) == (points[0], points[-1])
    assert len(curve.rows) <= MOST_ROWS
    places = [tuple(map(float, pair.split(","))) for pair in curve.points.split()]
    assert len(places) <= MOST_POINTS
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in places)
