"""`{% load training %}`: numbers of curves and cards."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def percent(value: float, digits: int = 1) -> str:
    return f"{number_format(round(100 * value, digits), digits)} %"


@register.filter
def figure(value: float) -> str:
    """With as many digits as a loss needs to be told from the next one."""
    digits = 3 if 0 < abs(value) < 1 else 2
    return number_format(round(value, digits), digits)
