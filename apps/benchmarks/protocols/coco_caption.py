"""Captions as COCO's evaluation scores them: BLEU-1..4, ROUGE-L, CIDEr-D; METEOR where Java is present.

Source: tylin/coco-caption, pycocoevalcap 1.2 (BSD-2-Clause). BLEU and METEOR are of the whole corpus, no means. CIDEr-D
takes its document frequencies from the references of this set: it can't be compared between sets, and is 0 for one
picture.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain import meteor
from apps.benchmarks.domain.captions import ORDERS, bleu, bleu_counts, rouge_l
from apps.benchmarks.domain.cider import cider_d
from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metrics, mean_metric, sums_metric
from apps.benchmarks.domain.ptb import tokenise
from apps.benchmarks.protocols import Protocol

Words = tuple[str, ...]


def parse(item: Item, text: str) -> str | None:
    """Its words with single spaces."""
    return " ".join(tokenise(text)) or None


def truths(item: Item) -> tuple[Words, ...]:
    return tuple(tokenise(reference) for reference in item.references)


def words_of(parsed: str | None) -> Words:
    return tuple(parsed.split()) if parsed else ()


def score_together(items: Sequence[Item], parsed: Sequence[str | None]) -> list[Mapping[str, float]]:
    if not items:
        return []
    said, wanted = [words_of(each) for each in parsed], [truths(item) for item in items]
    columns = {"CIDEr": [float(value) for value in cider_d(said, wanted)]}
    columns["ROUGE_L"] = [rouge_l(*pair) for pair in zip(said, wanted, strict=True)]
    counts = np.array([bleu_counts(*pair) for pair in zip(said, wanted, strict=True)], dtype=np.float64)
    for order in range(1, ORDERS + 1):
        columns[f"Bleu_{order}"] = [float(value) for value in bleu(counts, order)]
    if meteor.is_available():
        columns["METEOR"] = [float(value) for value in meteor.meteor(meteor.counts(said, wanted))]
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def score(item: Item, parsed: str) -> float:
    """Of one picture alone; `score_together` is what counts."""
    return score_together([item], [parsed])[0]["CIDEr"]


def aggregate(rows: Sequence[Row]) -> Metrics:
    pairs = [(words_of(row.mark.parsed), truths(row.item)) for row in rows]  # type: ignore[arg-type]
    counts = np.array([bleu_counts(*pair) for pair in pairs], dtype=np.float64)
    metrics = {
        f"Bleu_{order}": sums_metric(rows, counts, lambda sums, order=order: bleu(sums, order))  # type: ignore[misc]
        for order in range(1, ORDERS + 1)
    }
    if "METEOR" in rows[0].mark.scores:
        metrics["METEOR"] = sums_metric(rows, meteor.counts(*zip(*pairs, strict=True)), meteor.meteor)
    return metrics | {name: mean_metric(rows, name) for name in ("ROUGE_L", "CIDEr")}


def missing() -> dict[str, str]:
    if meteor.is_available():
        return {}
    message = gettext(
        "METEOR is not computed: it needs Java and the package pycocoevalcap. Install them and score again."
    )
    return {"METEOR": message}


PROTOCOLS = [
    Protocol(
        "coco_caption@1",
        _("COCO captions: BLEU, ROUGE-L, CIDEr-D"),
        parse,
        score,
        together=score_together,
        aggregate=aggregate,
        headline="CIDEr",
        top=10.0,
        missing=missing,
        fields={"references": "captions by people", "group": "the picture, where it has several items"},
    )
]
