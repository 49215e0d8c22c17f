"""Inclusion: the answer, a sentence as a rule, says a reference as whole words. OCRBench's rule, kept to whole words.

An answer that names several things includes each of them, so it says nothing about what else the answer claims.
"""

import re

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.protocols.exact_match import FIELDS, normalise, parse, refusal


def score(item: Item, parsed: str) -> float:
    return float(any(says(parsed, normalise(reference)) for reference in item.references))


def says(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


PROTOCOLS = [
    Protocol("inclusion@1", _("Inclusion of a reference, as whole words"), parse, score, refusal, fields=FIELDS)
]
