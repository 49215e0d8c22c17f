"""Sentences about what lies behind the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from apps.reports.deep_figures import VARIANTS, criterion_names, heat_rows
from apps.reports.formats import DASH, decimal, p_value, percent, percent_interval, points, points_interval
from apps.reports.watch_wording import WatchWords, most_judgments
from apps.reports.wording import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

    from apps.reports.domain.depth import Depth
    from apps.reports.domain.numbers import Numbers
    from apps.statistics.agreement import Agreement
    from apps.statistics.clustered import Estimate

FLAGS: Mapping[str, Promise] = {
    "stopped": _("paused or banned"),
    "gold": _("gold missed"),
    "agreement": _("agrees less"),
    "side": _("one side"),
    "fast": _("very fast"),
}


def agreed(found: Agreement) -> str:
    """A coefficient with its interval, or with the reason that it has none."""
    if found.value is None:
        return str(REASONS[found.undefined]) if found.undefined else DASH
    value = decimal(found.value)
    if found.low is None or found.high is None:
        return value
    return gettext("%(value)s (%(low)s to %(high)s)") % {
        "value": value,
        "low": decimal(found.low),
        "high": decimal(found.high),
    }


def per_100(rate: Estimate | None) -> str:
    if rate is None or rate.value is None:
        return DASH
    if rate.low is None or rate.high is None:
        return decimal(rate.value)
    return gettext("%(value)s (%(low)s to %(high)s)") % {
        "value": decimal(rate.value),
        "low": decimal(rate.low),
        "high": decimal(rate.high),
    }


UNFAIR = 0.001  # as for a mismatch of samples: rarely a false alarm over many reports


@dataclass(frozen=True)
class DeepWords:
    """For a template; `depth` is there."""

    depth: Depth

    @property
    def sides(self) -> str:
        found = self.depth.sides
        if found.assigned_p < UNFAIR:
            told = gettext(
                "A and B were not dealt to the sides as by a fair coin (p %(p)s): read the balanced win rate."
            )
        else:
            told = gettext("A and B were dealt to the sides as by a fair coin: p %(p)s.")
        told %= {"p": p_value(found.assigned_p)}
        if found.effect.value is None or found.effect.low is None:
            return told
        more = gettext(
            "Standing on the left adds %(effect)s points to an answer's win rate (95%% interval %(interval)s); with "
            "sides balanced A wins %(rate)s (%(rate_interval)s)."
        ) % {
            "effect": points(found.effect.value),
            "interval": points_interval(found.effect),
            "rate": percent(found.adjusted.value),
            "rate_interval": percent_interval(found.adjusted),
        }
        return f"{told} {more}"

    @property
    def lengths(self) -> str:
        found = self.depth.lengths
        if found is None:
            return ""
        told = gettext("A has %(a)s words and B %(b)s on average.") % {
            "a": decimal(found.words_a, 0),
            "b": decimal(found.words_b, 0),
        }
        if found.longer_wins.value is None:
            none = gettext("No decisive judgment is about answers of unequal length.")
            return f"{told} {none}"
        told += " " + gettext(
            "The longer answer wins %(longer)s of the decisive judgments (95%% interval %(interval)s)."
        ) % {"longer": percent(found.longer_wins.value), "interval": percent_interval(found.longer_wins)}
        if found.at_equal_length.value is None:
            why = found.at_equal_length.undefined
            return f"{told} {REASONS[why]}" if why else told
        more = gettext(
            "At equal length A would win %(rate)s (95%% interval %(interval)s). Length may be part of quality, so this "
            "explains the verdict and does not replace it."
        ) % {
            "rate": percent(found.at_equal_length.value),
            "interval": percent_interval(found.at_equal_length),
        }
        return f"{told} {more}"


def traffic_words(numbers: Numbers) -> str:
    """By which weights clusters counted as in use, and which of them nobody judged; "" without weights."""
    if not numbers.traffic:
        return ""
    judged = {group.key for group in numbers.clusters}
    listed = ", ".join(f"{name or DASH} {percent(share)}" for name, share in sorted(numbers.traffic.items()))
    told = gettext("In use clusters count as: %(listed)s.") % {"listed": listed}
    missing = [name or DASH for name, share in sorted(numbers.traffic.items()) if share and name not in judged]
    if not missing:
        return told
    more = gettext("Nobody judged %(names)s, so the others count for more.") % {"names": ", ".join(missing)}
    return f"{told} {more}"


def deep_parts(numbers: Numbers) -> dict[str, object]:
    """For the page; empty for reports from before these numbers were kept."""
    depth = numbers.depth
    if depth is None:
        return {}
    words = WatchWords(numbers.watch, most_judgments(numbers)) if numbers.watch else None
    watch = {"watch": numbers.watch, "watch_words": words} if words else {}
    names = {"verdict": pgettext("agreement", "Verdict"), **criterion_names(numbers)}
    return watch | {
        "deep_words": DeepWords(depth),
        "heat_rows": heat_rows(numbers),
        "drivers": [(names[item.criterion], item) for item in depth.drivers],
        "discordance": [(names[item.criterion], item) for item in depth.discordance],
        "agreement": [(names[item.subject], item) for item in depth.agreement],
        "traffic": traffic_words(numbers),
        "variants": [(VARIANTS[item.key], item) for item in depth.variants],
    }
