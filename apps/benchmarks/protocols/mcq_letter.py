"""Multiple choice by letter: AI2D, MMStar, SEED-Bench (generated answers), ScienceQA, BLINK.

Nothing is guessed: an answer that chooses no letter, or two, scores 0 and is counted as not understood.
"""

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.letters import plain_letter
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_choices


def parse(item: Item, text: str) -> str | None:
    return plain_letter(text, item.choices)


def score(item: Item, parsed: str) -> float:
    return float(parsed in item.references)


FIELDS = {"references": "the right letter", "choices": "the texts, as a list or by letter", "category": "the skill"}
PROTOCOLS = [Protocol("mcq_letter@1", _("Multiple choice, by letter"), parse, score, has_choices, fields=FIELDS)]
