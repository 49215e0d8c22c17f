"""OCRBench: a reference must be contained in the answer; points out of the number of questions (1,000).

Source: VLMEvalKit's OCRBench, the authors' protocol (Apache-2.0). Lower case, newlines as spaces; handwritten
mathematics with case and without any space. An empty reference is in every answer, “12” contains “2”. The strict
sibling wants the reference as whole words.
"""

import re
from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metrics, mean_metric, sums_metric
from apps.benchmarks.protocols import Protocol

HANDWRITTEN = "Handwritten Mathematical Expression Recognition"


def plain(item: Item, text: str) -> str:
    text = text.strip().replace("\n", " ")
    return text.replace(" ", "") if item.category == HANDWRITTEN else text.lower()


def parse(item: Item, text: str) -> str | None:
    return plain(item, text) or None


def score(item: Item, parsed: str) -> float:
    return float(any(plain(item, reference) in parsed for reference in item.references))


def score_strict(item: Item, parsed: str) -> float:
    wanted = [plain(item, reference) for reference in item.references]
    return float(any(text and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", parsed) for text in wanted))


def aggregate(rows: Sequence[Row]) -> Metrics:
    hits = np.array([[row.mark.scores["accuracy"]] for row in rows])
    return {"accuracy": mean_metric(rows, "accuracy"), "points": sums_metric(rows, hits, lambda sums: sums[:, 0])}


FIELDS = {
    "references": "the texts, any of which will do",
    "category": f"the kind of text; “{HANDWRITTEN}” is compared otherwise",
}
PROTOCOLS = [
    Protocol("ocrbench@1", _("OCRBench"), parse, score, guess=lambda item, chance: "", aggregate=aggregate,
             fields=FIELDS),
    Protocol("ocrbench_strict@1", _("OCRBench, whole words"), parse, score_strict, aggregate=aggregate, fields=FIELDS),
]  # fmt: skip
