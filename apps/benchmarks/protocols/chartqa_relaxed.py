"""Relaxed accuracy of ChartQA: numbers may be 5 % off.

Source: google-research/pix2struct, metrics.py, relaxed_correctness (Apache-2.0). Kept on purpose: a truth of 0 is
compared as text, so "0.0" misses "0"; nothing is stripped, "1,000" and "$5" are no numbers; the year 2110 matches
2010. The strict sibling reads numbers with thousands, dollars and spaces, and compares years exactly.
"""

import re

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.protocols import Protocol

MOST = 0.05
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")
FIELDS = {
    "references": "the right answers, any of which will do",
    "category": "human or augmented, where given",
    "group": "the chart",
}


def number(text: str) -> float | None:
    try:
        return float(text.rstrip("%")) / 100.0 if text.endswith("%") else float(text)
    except ValueError:
        return None


def parse(item: Item, text: str) -> str | None:
    return text or None


def is_relaxed_match(truth: str, said: str) -> bool:
    value, target = number(said), number(truth)
    if value is not None and target:
        return abs(value - target) / abs(target) <= MOST
    return said.lower() == truth.lower()


def score(item: Item, parsed: str) -> float:
    return float(any(is_relaxed_match(truth, parsed) for truth in item.references))


def bare(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", " ".join(text.split())).strip(" $€£.").replace(" %", "%")


def parse_strict(item: Item, text: str) -> str | None:
    return bare(text) or None


def is_strict_match(truth: str, said: str) -> bool:
    value, target = number(said), number(truth)
    if value is None or target is None:
        return said.casefold() == truth.casefold()
    if _YEAR.fullmatch(truth):
        return value == target
    return abs(value - target) <= MOST * abs(target)


def score_strict(item: Item, parsed: str) -> float:
    return float(any(is_strict_match(bare(truth), parsed) for truth in item.references))


PROTOCOLS = [
    Protocol("chartqa_relaxed_official@1", _("Relaxed accuracy: ChartQA"), parse, score, guess=lambda item, chance: "",
             headline="relaxed_accuracy", fields=FIELDS),
    Protocol("chartqa_relaxed_strict@1", _("Relaxed accuracy, years exact"), parse_strict, score_strict,
             headline="relaxed_accuracy", fields=FIELDS),
]  # fmt: skip
