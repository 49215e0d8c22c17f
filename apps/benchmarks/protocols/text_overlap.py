"""Overlap of longer texts with their references, as publications quote it: sacreBLEU, chrF, ROUGE-1, -2 and -L.

Source: the packages sacrebleu 2.6 (Post 2018) and rouge-score 0.1 (Lin 2004, the Google port), with their defaults; of
several references ROUGE takes the best. BLEU and chrF are of the whole corpus; their definitions differ from COCO's.
ROUGE's tokeniser keeps Latin letters and digits alone: tasks whose references have no such letter are refused, since
their ROUGE would be 0 whatever is answered.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metric, Metrics, mean_metric, unparsed_in
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_references

_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
ROUGES = ("rouge1", "rouge2", "rougeL")


@cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]

    return RougeScorer(ROUGES)


def refusal(item: Item) -> str | None:
    if not item.references or any(_LATIN.search(reference) for reference in item.references):
        return has_references(item)
    return gettext("None of its references has a Latin letter, and ROUGE reads no other. Choose another protocol.")


def parse(item: Item, text: str) -> str | None:
    return text.strip() or None


def rouges(item: Item, parsed: str | None) -> dict[str, float]:
    if parsed is None:
        return dict.fromkeys(ROUGES, 0.0)
    found = _rouge().score_multi(list(item.references), parsed)
    return {name: float(found[name].fmeasure) for name in ROUGES}


def score(item: Item, parsed: str) -> float:
    return rouges(item, parsed)["rougeL"]


def score_together(items: Sequence[Item], parsed: Sequence[str | None]) -> list[Mapping[str, float]]:
    return [rouges(*pair) for pair in zip(items, parsed, strict=True)]


def corpus_metric(rows: Sequence[Row], scorer: Any) -> Metric:
    """On 0..1, without an error: neither package gives one that heeds clusters."""
    said = ["" if row.mark.parsed is None else str(row.mark.parsed) for row in rows]
    most = max(len(row.item.references) for row in rows)
    streams = [[_reference(row.item, place) for row in rows] for place in range(most)]
    value = float(scorer.corpus_score(said, streams).score) / 100
    return Metric(value, None, None, None, len(rows), unparsed_in(rows))


def _reference(item: Item, place: int) -> str | None:
    return item.references[place] if place < len(item.references) else None


def aggregate(rows: Sequence[Row]) -> Metrics:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    metrics = {name: mean_metric(rows, name) for name in ROUGES}
    return {**metrics, "sacrebleu": corpus_metric(rows, BLEU()), "chrf": corpus_metric(rows, CHRF())}


PROTOCOLS = [
    Protocol(
        "text_overlap@1",
        _("Overlap of texts: ROUGE, sacreBLEU, chrF"),
        parse,
        score,
        refusal,
        together=score_together,
        aggregate=aggregate,
        headline="rougeL",
        fields={"references": "texts by people, in Latin letters"},
    )
]
