"""CIDEr-D as coco-caption computes it, for all captions at once.

Source: Vedantam et al. 2015; pycocoevalcap 1.2, cider_scorer.py (BSD-2-Clause): n = 1..4, sigma 6, times 10, lengths
counted in bigrams, document frequencies from the references given. So values of two sets can't be compared, and a
single picture gets 0.

Every n-gram becomes a number, so that counting, weighing and matching are a few array operations instead of a
dictionary a caption: `_Grams` holds one row per (caption, n-gram).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORDERS = 4
SIGMA = 6.0
Words = tuple[str, ...]
Ints = NDArray[np.int64]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Grams:
    """n-grams of one order: rows sorted by (caption, gram)."""

    caption: Ints
    gram: Ints
    times: Ints


def cider_d(candidates: Sequence[Words], references: Sequence[Sequence[Words]]) -> Array:
    """One value a picture, 0..10. Shapes (n,), (n,) -> (n,). Every picture has at least one reference."""
    pictures = len(candidates)
    owner = np.array([place for place, each in enumerate(references) for _ in each], dtype=np.int64)
    captions = [*candidates, *(words for each in references for words in each)]
    owners = np.concatenate([np.arange(pictures, dtype=np.int64), owner])
    orders = _count(captions)
    lengths = np.bincount(orders[1].caption, weights=orders[1].times, minlength=len(captions))
    gap = lengths[:pictures][owner] - lengths[pictures:]
    near = np.exp(-(gap**2) / (2 * SIGMA**2))
    similar = sum(_cosine(rows, owners, pictures, len(captions)) for rows in orders) * near
    per_picture = np.bincount(owner, weights=similar, minlength=pictures) / np.bincount(owner, minlength=pictures)
    return 10 * per_picture / ORDERS


def _count(captions: Sequence[Words]) -> list[_Grams]:
    """One `_Grams` per order. A gram's number is that of its first n-1 words and of its last, packed and renumbered."""
    known: dict[str, int] = {}
    words = np.array([known.setdefault(word, len(known)) for each in captions for word in each], dtype=np.int64)
    caption = np.repeat(np.arange(len(captions), dtype=np.int64), [len(each) for each in captions])
    orders, codes = [], words
    for order in range(ORDERS):
        if order:
            inside = caption[order:] == caption[: len(caption) - order] if len(caption) > order else np.zeros(0, bool)
            codes = codes[: len(inside)] * max(1, len(known)) + words[order:]
            codes = np.where(inside, np.unique(codes, return_inverse=True)[1], 0)
            orders.append(_counted(caption[order:][inside], codes[inside], len(captions)))
        else:
            orders.append(_counted(caption, codes, len(captions)))
    return orders


def _counted(caption: Ints, codes: Ints, captions: int) -> _Grams:
    size = int(codes.max()) + 1 if len(codes) else 1
    pairs, times = np.unique(caption * size + codes, return_counts=True)
    return _Grams(pairs // size, pairs % size, times)


def _cosine(rows: _Grams, owners: Ints, pictures: int, captions: int) -> Array:
    """Of every reference with its picture's candidate, grams clipped at the reference's weight. Shape (references,)."""
    size = int(rows.gram.max()) + 1 if len(rows.gram) else 1
    is_reference = rows.caption >= pictures
    seen = np.unique(owners[rows.caption[is_reference]] * size + rows.gram[is_reference])
    documents = np.bincount(seen % size, minlength=size)
    weight = rows.times * (math.log(float(pictures)) - np.log(np.maximum(1, documents[rows.gram])))
    norm = np.sqrt(np.bincount(rows.caption, weights=weight**2, minlength=captions))
    key = owners[rows.caption] * size + rows.gram
    hypothesis_key, hypothesis_weight = key[~is_reference], weight[~is_reference]
    place = np.searchsorted(hypothesis_key, key[is_reference])
    place = np.minimum(place, max(0, len(hypothesis_key) - 1))
    if not len(hypothesis_key):
        return np.zeros(captions - pictures)
    said = np.where(hypothesis_key[place] == key[is_reference], hypothesis_weight[place], 0.0)
    wanted, reference = weight[is_reference], rows.caption[is_reference] - pictures
    dot = np.bincount(reference, weights=np.minimum(said, wanted) * wanted, minlength=captions - pictures)
    both = norm[pictures:] * norm[:pictures][owners[pictures:]]
    cosine: Array = np.divide(dot, both, out=dot, where=both != 0)
    return cosine
