"""`{% load judges %}`: shares with their intervals, in the reader's language."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from apps.statistics.agreement import Agreement
from apps.statistics.clustered import Estimate

register = template.Library()
DASH = "–"


@register.filter
def percent(value: float | None) -> str:
    """.6131 as 61.3%."""
    if value is None:
        return DASH
    return gettext("%(number)s%%") % {"number": number_format(Decimal(f"{100 * value:.1f}"), 1)}


@register.filter
def coefficient(value: float | None) -> str:
    return DASH if value is None else number_format(Decimal(f"{value:.2f}"), 2).replace("-", "−")


@register.filter
def percent_interval(found: Estimate | Agreement) -> str:
    return _interval(percent(found.low), percent(found.high))


@register.filter
def coefficient_interval(found: Agreement) -> str:
    return _interval(coefficient(found.low), coefficient(found.high))


def _interval(low: str, high: str) -> str:
    return "" if DASH in (low, high) else gettext("%(low)s to %(high)s") % {"low": low, "high": high}
