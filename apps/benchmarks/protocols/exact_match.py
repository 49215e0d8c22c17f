"""Exact match after plain normalisation, for tasks with one right answer (or a few ways to write it): GQA, easy-VQA."""

import re
import unicodedata

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.protocols import Protocol

_ENDS = re.compile(r"^[\s.,;:!?\"'«»“”()\[\]]+|[\s.,;:!?\"'«»“”()\[\]]+$")


def normalise(text: str) -> str:
    """One Unicode form (NFKC), no case, single spaces, no quotes or punctuation at the ends. Works in any language."""
    return _ENDS.sub("", " ".join(unicodedata.normalize("NFKC", text).casefold().split()))


def refusal(item: Item) -> str | None:
    if item.references and all(normalise(reference) for reference in item.references):
        return None
    return gettext("It needs at least one reference answer, and none may be empty or punctuation alone.")


def parse(item: Item, text: str) -> str | None:
    return normalise(text) or None


def score(item: Item, parsed: str) -> float:
    return float(any(parsed == normalise(reference) for reference in item.references))


FIELDS = {"references": "the right answer, or several ways to write it", "group": "the picture"}
PROTOCOLS = [Protocol("exact_match@1", _("Exact match, normalised"), parse, score, refusal, fields=FIELDS)]
