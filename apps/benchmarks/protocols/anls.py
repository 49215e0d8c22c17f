"""Average normalised Levenshtein similarity of DocVQA and InfographicVQA, as the RRC script `evaluate_method` has it.

Distance between texts in lower case with single spaces, over the longer of the lengths of the *raw* texts in upper
case: spaces at the ends of a wrong answer enlarge the denominator and so raise its score, and “ß” counts as two. A
similarity of exactly 0.5 is kept, below it is 0. The strict sibling takes the lengths of what is compared.
"""

from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import Levenshtein

from apps.benchmarks.domain.items import Item
from apps.benchmarks.protocols import Protocol

THRESHOLD = 0.5


def plain(text: str) -> str:
    return " ".join(text.strip().lower().split())


def parse(item: Item, text: str) -> str | None:
    return text if text.strip() else None


def similarity(one: str, other: str, longest: int) -> float:
    return 1 - Levenshtein.distance(one, other) / longest if longest else 1.0


def score(item: Item, parsed: str) -> float:
    said = plain(parsed)
    length = len(parsed.upper())
    best = max(similarity(plain(truth), said, max(len(truth.upper()), length)) for truth in item.references)
    return best if best >= THRESHOLD else 0.0


def score_strict(item: Item, parsed: str) -> float:
    said = plain(parsed)
    truths = [plain(truth) for truth in item.references]
    best = max(similarity(truth, said, max(len(truth), len(said))) for truth in truths)
    return best if best >= THRESHOLD else 0.0


FIELDS = {"references": "the right answers, any of which will do", "group": "the document"}
PROTOCOLS = [
    Protocol("anls_official@1", _("ANLS: DocVQA, InfoVQA"), parse, score, guess=lambda item, chance: "",
             headline="anls", fields=FIELDS),
    Protocol("anls_strict@1", _("ANLS, lengths after normalisation"), parse, score_strict, headline="anls",
             fields=FIELDS),
]  # fmt: skip
