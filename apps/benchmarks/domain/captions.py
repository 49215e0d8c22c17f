"""BLEU and ROUGE-L as coco-caption computes them, over words already cut.

Source: tylin/coco-caption, pycocoevalcap 1.2 (BSD-2-Clause): bleu_scorer.py with the closest reference length, rouge.py
with beta 1.2 and the best precision and recall over references.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

ORDERS = 4
_TINY, _SMALL = 1e-15, 1e-9
_BETA = 1.2
Words = tuple[str, ...]
Array = NDArray[np.float64]


def grams(words: Words) -> Counter[Words]:
    return Counter(words[start : start + n] for n in range(1, ORDERS + 1) for start in range(len(words) - n + 1))


@lru_cache(maxsize=1 << 16)
def bleu_counts(candidate: Words, references: tuple[Words, ...]) -> tuple[float, ...]:
    """Length, closest reference length, then guessed and right n-grams for n = 1..4: ten numbers that add up."""
    most: Counter[Words] = Counter()
    for reference in references:
        most |= grams(reference)
    right = [0] * ORDERS
    for gram, times in grams(candidate).items():
        right[len(gram) - 1] += min(times, most[gram])
    size = len(candidate)
    closest = min((abs(len(reference) - size), len(reference)) for reference in references)[1]
    guessed = [max(0, size - n) for n in range(ORDERS)]
    return (size, closest, *guessed, *right)


def bleu(sums: Array, order: int) -> Array:
    """BLEU-`order` of sums of `bleu_counts`. Shapes (m, 10) -> (m,)."""
    guessed, right = sums[:, 2 : 2 + order], sums[:, 2 + ORDERS : 2 + ORDERS + order]
    precision: Array = ((right + _TINY) / (guessed + _SMALL)).prod(axis=1) ** (1 / order)
    ratio = (sums[:, 0] + _TINY) / (sums[:, 1] + _SMALL)
    with np.errstate(over="ignore", divide="ignore"):
        return np.where(ratio < 1, precision * np.exp(1 - 1 / ratio), precision)


def rouge_l(candidate: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    if not candidate:
        return 0.0
    common = [LCSseq.similarity(candidate, reference) for reference in references]
    precision = max(common) / len(candidate)
    pairs = zip(common, references, strict=True)
    recall = max((same / len(reference) for same, reference in pairs if reference), default=0.0)
    if not precision or not recall:
        return 0.0
    return (1 + _BETA**2) * precision * recall / (recall + _BETA**2 * precision)
