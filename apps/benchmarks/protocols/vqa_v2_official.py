"""VQA accuracy exactly as the official evaluation of VQAv2 computes it.

Ten identical references switch normalisation off: "Yes" against ten times "yes" is 0. The strict sibling always
normalises.
"""

import random

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.vqa_words import ANNOTATORS, clean, consensus, normalise
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_number_of_references

FIELDS = {
    "references": "the ten annotators' answers",
    "question_type, answer_type": "make rows of a table where given",
    "group": "the picture",
}


def parse(item: Item, text: str) -> str | None:
    return clean(text) or None


def nothing(item: Item, chance: random.Random) -> str:
    """An empty answer is compared as any other."""
    return ""


def score(item: Item, parsed: str) -> float:
    truths = list(map(clean, item.references))
    if len(set(truths)) == 1:
        return float(truths[0] == parsed)
    return consensus(normalise(parsed), list(map(normalise, truths)))


def score_strict(item: Item, parsed: str) -> float:
    return consensus(normalise(parsed), [normalise(clean(reference)) for reference in item.references])


_REFUSAL = has_number_of_references(ANNOTATORS)
_BY = ("question_type", "answer_type", "category")
PROTOCOLS = [
    Protocol(
        "vqa_v2_official@1", _("VQA accuracy, official VQAv2"), parse, score, _REFUSAL, nothing, by=_BY, fields=FIELDS
    ),
    Protocol(
        "vqa_v2_strict@1", _("VQA accuracy, always normalised"), parse, score_strict, _REFUSAL, by=_BY, fields=FIELDS
    ),
]
