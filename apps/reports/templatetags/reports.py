"""`{% load reports %}`: numbers and words of a report."""

from django import template
from django.utils.functional import Promise
from django.utils.http import urlencode

from apps.assessment.labels import CRITERIA, criterion_label
from apps.reports import change_wording, deep_wording, formats, powered_wording, several_wording, wording
from apps.reports.domain.numbers import CriterionNumbers, Group, Numbers
from apps.reports.forms import MARKED, PREFERS
from apps.statistics.heterogeneity import Heterogeneity
from apps.statistics.undefined import Reason

register = template.Library()
for named in (
    formats.percent,
    formats.points,
    formats.p_value,
    formats.decimal,
    formats.whole,
    formats.percent_interval,
    formats.points_interval,
    formats.strength_interval,
    formats.moment,
    change_wording.change_place,
    change_wording.change_measure,
    change_wording.change_moved,
    change_wording.line_value,
    deep_wording.agreed,
    deep_wording.per_100,
    powered_wording.powered_sentence,
    several_wording.rank,
    several_wording.ranking_headline,
    several_wording.thousandths,
):
    register.filter(named.__name__, named)


@register.filter
def verdict_name(key: str) -> Promise | str:
    return wording.VERDICTS.get(key, key)


@register.filter
def cell_name(value: str, kind: str) -> Promise | str:
    """What narrows the list of comparisons, as a reader knows it: "criterion", "grammar" is Grammar."""
    if kind == "verdict":
        return wording.VERDICTS.get(value, value)
    if kind == "marked":
        return MARKED.get(value, value)
    if kind == "prefers":
        return PREFERS.get(value, value)
    if kind == "criterion" and value in CRITERIA:
        return criterion_label(value)
    return value[:8] if kind == "assessor" else value


@register.filter
def flag_name(key: str) -> Promise | str:
    return deep_wording.FLAGS.get(key, key)


@register.filter
def criterion_name(criterion: CriterionNumbers) -> Promise | str:
    return criterion.name or criterion_label(criterion.key)


@register.filter
def apart(criterion: CriterionNumbers) -> str:
    return wording.apart(criterion)


@register.filter
def of_answer(criterion: CriterionNumbers, side: str) -> str:
    return wording.of_answer(criterion, criterion.a if side == "a" else criterion.b)


@register.filter
def reason(why: Reason | None) -> Promise | str:
    """Why a number is missing, as a sentence."""
    return wording.REASONS[why] if why else ""


@register.filter
def spread_sentence(found: Heterogeneity) -> str:
    return wording.spread(found)


@register.filter
def entry(values: dict[str, float], key: str) -> float:
    """The entry of a mapping whose key is itself a variable."""
    return values[key]


@register.filter
def cell_query(group: Group, numbers: Numbers) -> str:
    """The address of what lies behind a group: everything, a cluster or a language."""
    if group is numbers.overall or not group.key:
        return "?of=all"
    kind = "cluster" if any(group is other for other in numbers.clusters) else "language"
    return "?" + urlencode({kind: group.key})


@register.filter
def headline(numbers: Numbers) -> str:
    return wording.headline(numbers)
