"""RealWorldQA: multiple choice by letter where there are choices, else the exact words in lower case.

Source: lmms-eval's tasks/realworldqa (Apache-2.0): lower case, outer spaces and the final period dropped.
"""

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.letters import plain_letter
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_choices, has_references


def refusal(item: Item) -> str | None:
    return has_choices(item) if item.choices else has_references(item)


def plain(text: str) -> str:
    return text.lower().strip().rstrip(".")


def parse(item: Item, text: str) -> str | None:
    return plain_letter(text, item.choices) if item.choices else plain(text) or None


def score(item: Item, parsed: str) -> float:
    return float(parsed in item.references if item.choices else parsed in map(plain, item.references))


FIELDS = {"references": "the right letter or words", "choices": "the texts, where there are any"}
PROTOCOLS = [Protocol("realworldqa@1", _("RealWorldQA"), parse, score, refusal, fields=FIELDS)]
