"""`{% load web %}`: what pages of every room need from a template tag."""

from collections.abc import Iterator

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput
from django.template import Context
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

register = template.Library()


@register.simple_tag(takes_context=True)
def current_in(context: Context, *places: str) -> SafeString | str:
    """` aria-current="page"` when the page belongs to one of the rooms `places`, or is the one page `room:page`."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match is not None and bool({match.app_name, match.view_name} & {*places})
    return mark_safe(' aria-current="page"') if here else ""


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_number(value: object) -> bool:
    return isinstance(value, int)


@register.filter
def page_numbers(page: "Page[object]") -> Iterator[int | str]:
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def duration_ms(value: int | float | None) -> str:
    """Milliseconds in the unit a person would say: `340 ms`, `2.4 s`, `3 min 5 s`, `2 h 10 min`; `–` for nothing."""
    if value is None:
        return "–"
    if value < 1000:
        return pgettext("duration", "%(ms)s ms") % {"ms": number_format(round(value))}
    if value < 60_000:
        return pgettext("duration", "%(seconds)s s") % {"seconds": number_format(round(value / 1000, 1), 1)}
    minutes, seconds = divmod(round(value / 1000), 60)
    if minutes < 60:
        return gettext("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}
    hours, minutes = divmod(minutes, 60)
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
