"""MMMU and MMMU-Pro: multiple choice and open questions, as their official code reads them.

An answer in which no letter is found gets a random one, drawn with seed 42 in the order of items; give items in the
official order for the official guesses. The strict siblings read letters plainly and guess nothing. A question with
choices is multiple choice, one without is open.
"""

import random
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.letters import plain_letter
from apps.benchmarks.domain.mmmu_reading import choice, is_open_right, open_values, pro_choice
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_choices, has_references


def refusal(item: Item) -> str | None:
    return has_choices(item) if item.choices else has_references(item)


def parse(item: Item, text: str) -> Any:
    return choice(text, item.choices) if item.choices else open_values(text)


def parse_pro(item: Item, text: str) -> str | None:
    return pro_choice(text, item.choices)


def parse_strict(item: Item, text: str) -> Any:
    if item.choices:
        return plain_letter(text, item.choices)
    return open_values(text) if text.strip() else None


def guess(item: Item, chance: random.Random) -> Any:
    return chance.choice(list(item.choices)) if item.choices else []


def score(item: Item, parsed: Any) -> float:
    if item.choices:
        return float(parsed in item.references)
    return float(is_open_right(parsed, item.references))


_BY = ("category", "discipline", "question_type")
FIELDS = {
    "references": "the right letter, or the answers to an open question",
    "choices": "the texts; none for an open question",
    "category": "the subject",
    "discipline": "one of six, where given",
}
_PRO = {**FIELDS, "choices": "the texts, as shuffled"}
PROTOCOLS = [
    Protocol("mmmu_official@1", _("MMMU"), parse, score, refusal, guess, by=_BY, fields=FIELDS),
    Protocol("mmmu_strict@1", _("MMMU, nothing guessed"), parse_strict, score, refusal, by=_BY, fields=FIELDS),
    Protocol("mmmu_pro_official@1", _("MMMU-Pro"), parse_pro, score, has_choices, guess, by=_BY, fields=_PRO),
    Protocol("mmmu_pro_strict@1", _("MMMU-Pro, nothing guessed"), parse_strict, score, has_choices, by=_BY,
             fields=_PRO),
]  # fmt: skip
