"""Exact match after plain normalisation, for tasks with one right answer (or a few ways to write it)."""

import re
import unicodedata

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.protocols import Protocol, References

_ENDS = re.compile(r"^[\s.,;:!?\"'«»“”()\[\]]+|[\s.,;:!?\"'«»“”()\[\]]+$")


def normalise(text: str) -> str:
    """One Unicode form (NFKC), no case, single spaces, no quotes or punctuation at the ends. Works in any language."""
    return _ENDS.sub("", " ".join(unicodedata.normalize("NFKC", text).casefold().split()))


def refusal(references: References) -> str | None:
    if references and all(normalise(reference) for reference in references):
        return None
    return gettext("It needs at least one reference answer, and none may be empty or punctuation alone.")


def parse(text: str) -> str | None:
    return normalise(text) or None


def score(parsed: str, references: References) -> float:
    return float(any(parsed == normalise(reference) for reference in references))


PROTOCOL = Protocol("exact_match@1", _("Exact match, normalised"), refusal, parse, score)
