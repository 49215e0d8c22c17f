import pytest

from apps.web.templatetags.web import duration_ms


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (0, "0 ms"),
        (999, "999 ms"),
        (2412, "2.4 s"),
        (59_999, "60.0 s"),
        (185_000, "3 min 5 s"),
        (7_800_000, "2 h 10 min"),
    ],
)
def test_a_duration_reads_as_a_person_would_say_it(value: int | None, expected: str) -> None:
    assert duration_ms(value) == expected
