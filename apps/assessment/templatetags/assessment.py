"""`{% load assessment %}`"""

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from apps.assessment.domain.elsewhere import Wrong
from apps.assessment.domain.rendering import render_markdown
from apps.assessment.labels import VERDICTS, criterion_label, leak_kind_label, title_for_assessors
from apps.assessment.models import RuleKind

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return mark_safe(render_markdown(text))  # noqa: S308 (cleaned by nh3)


@register.filter
def safe_answer(html: str) -> SafeString:
    """HTML that `render_markdown` made."""
    return mark_safe(html)  # noqa: S308 (cleaned by nh3)


@register.filter
def leak_kind(key: str) -> Promise | str:
    return leak_kind_label(key)


@register.filter
def criterion(key: str) -> Promise | str:
    return criterion_label(key)


@register.filter
def what_is_wrong(item: Wrong) -> str:
    """In the reader's language. Autoescaped like any text: it holds parts of the file."""
    words = gettext(item.why)
    return words % item.said if item.said else words


@register.filter
def standing_reason(reason: str) -> Promise | str:
    """A rule's name where a rule did it, else what the researcher wrote."""
    return RuleKind(reason).label if reason in RuleKind.values else reason


@register.filter
def verdict_words(shown: str) -> Promise:
    return VERDICTS[shown]


register.filter("title_for_assessors", title_for_assessors)
