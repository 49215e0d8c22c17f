import pytest
from django.utils import translation

from apps.reports.formats import decimal, p_value, percent, percent_interval, points, points_interval, whole
from apps.statistics.clustered import Estimate


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (percent(2 / 3), "66.7%"),  # rounded, not cut
        (percent(0.1263, 0), "13%"),
        (percent(None), "–"),
        (points(0.0417), "+4.2"),
        (points(-0.0417), "−4.2"),
        (points(-0.0001), "0.0"),
        (p_value(0.0004), "< 0.001"),
        (p_value(0.0496), "0.050"),
        (p_value(None), "–"),
        (decimal(1.189), "1.19"),
        (whole(1234.6), "1,235"),
        (percent_interval(Estimate(0.5, 0.4051, 0.5949)), "40.5% to 59.5%"),
        (points_interval(Estimate(0.5, -0.1, 0.3)), "−10.0 to +30.0"),
        (percent_interval(Estimate(0.5)), "–"),
    ],
)
def test_numbers_are_rounded_for_readers(shown: str, expected: str) -> None:
    assert shown == expected


def test_russian_readers_see_a_comma() -> None:
    with translation.override("ru"):
        assert percent(0.5).startswith("50,0")
        assert points(-0.25, 1) == "−25,0"
        assert p_value(0.0001) == "< 0,001"
