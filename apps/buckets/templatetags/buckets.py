"""`{% load buckets %}`"""

from django import template
from django.utils.translation import get_language_info

register = template.Library()


@register.filter
def language_label(tag: str) -> str:
    """`ru` -> `Russian (ru)` in the reader's language; a tag Django has no name for stays as it is."""
    try:
        name = get_language_info(tag.lower())["name_translated"]
    except KeyError:
        return tag
    return f"{name[:1].upper()}{name[1:]} ({tag})"
