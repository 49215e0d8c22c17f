"""`{% load benchmarks %}`: figures of two runs compared, in the reader's language."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from apps.benchmarks.models import BenchmarkRun
from apps.benchmarks.protocols import find_protocol
from apps.benchmarks.queries import Mean
from apps.statistics.paired import Interval

register = template.Library()
DASH = "–"
Figure = float | None


@register.simple_tag
def missing_figures(benchmark_run: BenchmarkRun) -> list[str]:
    """Why figures of the protocol are not among the run's."""
    missing = find_protocol(benchmark_run.benchmark.protocol).missing()
    return [why for name, why in missing.items() if name not in benchmark_run.metrics]


@register.filter
def hundredfold(value: Figure) -> str:
    """.6131 as 61.3."""
    return DASH if value is None else number_format(Decimal(f"{100 * value:.1f}"), 1)


@register.filter
def change(value: Figure) -> str:
    """As `hundredfold`, always with its sign."""
    if value is None:
        return DASH
    rounded = round(100 * value, 1)
    return ("+" if rounded > 0 else "−" if rounded < 0 else "") + hundredfold(abs(value))


@register.filter
def bounds(interval: Interval) -> str:
    return _bounds(hundredfold(interval.low), hundredfold(interval.high))


@register.filter
def change_bounds(interval: Interval) -> str:
    return _bounds(change(interval.low), change(interval.high))


@register.filter
def p_value(value: Figure) -> str:
    if value is None:
        return DASH
    return f"< {number_format(Decimal('0.001'), 3)}" if value < 0.001 else number_format(Decimal(f"{value:.3f}"), 3)


@register.filter
def mean_bounds(mean: Mean) -> str:
    """The interval of a mean, both in percent; the part beyond 0 and 100 is cut off, where no mean can be."""
    if mean.low is None or mean.high is None:
        return DASH
    return _bounds(*(number_format(Decimal(f"{min(100.0, max(0.0, each)):.1f}"), 1) for each in (mean.low, mean.high)))


@register.filter
def places(ranks: tuple[int, int] | None) -> str:
    """(1, 3) as 1–3."""
    if ranks is None:
        return DASH
    return str(ranks[0]) if ranks[0] == ranks[1] else f"{ranks[0]}–{ranks[1]}"


def _bounds(low: str, high: str) -> str:
    return DASH if DASH in (low, high) else gettext("%(low)s to %(high)s") % {"low": low, "high": high}
