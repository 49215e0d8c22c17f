"""A-OKVQA, direct answers: min(1, equal annotators / 3), nothing normalised, nobody left out.

Source: allenai/aokvqa, evaluation/eval_predictions.py (Apache-2.0). Questions marked `difficult_direct_answer` belong
to multiple choice alone: leave them out. The strict sibling normalises as VQAv2 does.
"""

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.vqa_words import ANNOTATORS, clean, normalise
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_number_of_references


def parse(item: Item, text: str) -> str | None:
    return text or None


def parse_strict(item: Item, text: str) -> str | None:
    return normalise(clean(text)) or None


def score(item: Item, parsed: str) -> float:
    return min(1.0, list(item.references).count(parsed) / 3)


def score_strict(item: Item, parsed: str) -> float:
    return min(1.0, [normalise(clean(reference)) for reference in item.references].count(parsed) / 3)


_REFUSAL = has_number_of_references(ANNOTATORS)
FIELDS = {"references": "the ten direct answers", "group": "the picture"}
PROTOCOLS = [
    Protocol("aokvqa_direct@1", _("A-OKVQA, direct answers"), parse, score, _REFUSAL, fields=FIELDS),
    Protocol("aokvqa_direct_strict@1", _("A-OKVQA, direct answers normalised"), parse_strict, score_strict, _REFUSAL,
             fields=FIELDS),
]  # fmt: skip
