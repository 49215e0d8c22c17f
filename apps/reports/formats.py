"""Numbers as a reader sees them, in the reader's language. Values that don't exist are a dash."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

if TYPE_CHECKING:
    from datetime import datetime

    from apps.statistics.clustered import Estimate

DASH = "–"


def percent(value: float | None, digits: int = 1) -> str:
    """.6131 as 61.3%."""
    if value is None:
        return DASH
    return gettext("%(number)s%%") % {"number": _rounded(100 * value, digits)}


def points(value: float | None, digits: int = 1) -> str:
    """A net preference of .042 as +4.2 percentage points, always with its sign."""
    if value is None:
        return DASH
    rounded = round(100 * value, digits)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return sign + _rounded(abs(rounded), digits)


def p_value(value: float | None) -> str:
    """Three decimals; what rounds to nothing is "< 0.001"."""
    if value is None:
        return DASH
    return f"< {_rounded(0.001, 3)}" if value < 0.001 else _rounded(value, 3)


def decimal(value: float | None, digits: int = 2) -> str:
    return DASH if value is None else _rounded(value, digits)


def whole(value: float | None) -> str:
    """A count, or an effective size rounded to one, thousands grouped."""
    return DASH if value is None else _rounded(value, 0)


def percent_interval(estimate: Estimate) -> str:
    return _interval(percent(estimate.low), percent(estimate.high))


def decimal_interval(estimate: Estimate) -> str:
    return _interval(decimal(estimate.low), decimal(estimate.high))


def points_interval(estimate: Estimate) -> str:
    return _interval(points(estimate.low), points(estimate.high))


def strength_interval(estimate: Estimate) -> str:
    """In points of a ranking."""
    return _interval(decimal(estimate.low, 0), decimal(estimate.high, 0))


def with_interval(value: str, interval: str) -> str:
    """Beside a mark of a chart; a missing interval is not said: there is no line either."""
    return value if interval == DASH else f"{value}, {interval}"


def moment(when: datetime) -> str:
    """Date and time where the reader is, with the zone."""
    local = localtime(when)
    return f"{date_format(local, 'DATETIME_FORMAT')} {date_format(local, 'T')}"


def _interval(low: str, high: str) -> str:
    return DASH if DASH in (low, high) else gettext("%(low)s to %(high)s") % {"low": low, "high": high}


def _rounded(value: float, digits: int) -> str:
    """Rounded first: Django's own formatting cuts digits off. The minus is that of `points`, and nothing has none."""
    rounded = Decimal(f"{value:.{digits}f}")
    sign = "−" if rounded < 0 else ""
    return sign + number_format(abs(rounded), digits, use_l10n=True, force_grouping=True)
