"""VQA accuracy as EvalAI computes it for TextVQA, VizWiz and OK-VQA: answers are always normalised.

Source: facebookresearch/mmf, TextVQAAccuracyEvaluator, as in LLaVA's llava/eval/m4c_evaluator.py at c121f04 (BSD,
Apache-2.0). Before the words of VQAv2 come: lower case, no comma, no question mark, "'s" a word of its own.
"""

from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.vqa_words import ANNOTATORS, clean, consensus
from apps.benchmarks.domain.vqa_words import normalise as vqa_normalise
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_number_of_references


@lru_cache(maxsize=1 << 17)
def normalise(text: str) -> str:
    words = text.lower().replace(",", "").replace("?", "").replace("'s", " 's").strip()
    return vqa_normalise(clean(words))


def parse(item: Item, text: str) -> str | None:
    return normalise(text) or None


def score(item: Item, parsed: str) -> float:
    return consensus(parsed, [normalise(reference) for reference in item.references])


PROTOCOLS = [
    Protocol(
        "textvqa_evalai@1",
        _("VQA accuracy of EvalAI: TextVQA, VizWiz, OK-VQA"),
        parse,
        score,
        has_number_of_references(ANNOTATORS),
        guess=lambda item, chance: "",
        fields={"references": "the ten annotators' answers", "group": "the picture"},
    )
]
