"""ScienceQA as LLaVA's eval_science_qa.py reads answers (c121f04, Apache-2.0).

A letter alone, `X. …`, or exactly one “The answer is X.” whose final mark may be any character but must be there; all
else is wrong. `image_accuracy` is over questions with a picture. The strict sibling reads letters as a person would.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.letters import plain_letter
from apps.benchmarks.domain.metrics import Metrics, mean_metric
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_choices

LETTERS = "ABCDE"
_ANSWER = re.compile(r"The answer is ([A-Z]).")


def parse(item: Item, text: str) -> str | None:
    if text in tuple(LETTERS):
        return text
    if text[:1] in tuple(LETTERS) and text[1:3] == ". ":
        return text[0]
    found = _ANSWER.findall(text)
    return found[0] if len(found) == 1 else None


def parse_strict(item: Item, text: str) -> str | None:
    return plain_letter(text, item.choices)


def score(item: Item, parsed: str) -> float:
    return float(parsed == item.references[0])


def has_image(item: Item) -> bool:
    """`has_image` where given, else whether there is an `image`."""
    return item.fact("has_image").lower() not in {"", "false", "0", "none"} or bool(item.fact("image"))


def aggregate(rows: Sequence[Row]) -> Metrics:
    metrics = {"accuracy": mean_metric(rows, "accuracy")}
    pictured = [row for row in rows if has_image(row.item)]
    return {**metrics, "image_accuracy": mean_metric(pictured, "accuracy")} if pictured else metrics


FIELDS = {"references": "the right letter", "choices": "the texts", "has_image": "true or false"}
PROTOCOLS = [
    Protocol("scienceqa_llava@1", _("ScienceQA, as LLaVA reads it"), parse, score, has_choices, aggregate=aggregate,
             fields=FIELDS),
    Protocol("scienceqa_strict@1", _("ScienceQA, letters read plainly"), parse_strict, score, has_choices,
             aggregate=aggregate, fields=FIELDS),
]  # fmt: skip
