"""Dates are read in one way, whatever the reader is used to."""

from datetime import datetime

import pytest
from django.utils import formats, translation

FOURTH_OF_MARCH = datetime(2026, 3, 4, 17, 5)
DATES = [
    ("en", "SHORT_DATE_FORMAT", "4 Mar 2026"),
    ("en", "SHORT_DATETIME_FORMAT", "4 Mar 2026, 17:05"),
    ("en", "DATETIME_FORMAT", "4 March 2026, 17:05"),
    ("ru", "SHORT_DATETIME_FORMAT", "04.03.2026, 17:05"),
    ("ru", "DATETIME_FORMAT", "4 марта 2026 г., 17:05"),
]


@pytest.mark.parametrize(("language", "form", "shown"), DATES)
def test_day_and_month_cannot_be_confused(language: str, form: str, shown: str) -> None:
    with translation.override(language):
        assert formats.date_format(FOURTH_OF_MARCH, form) == shown
