"""METEOR 1.5, where Java and the package pycocoevalcap (which carries the jar) are installed; nowhere else.

The jar aligns captions and counts; the score is computed here of these counts, since METEOR of many captions is that of
their summed counts, not a mean. Source: Denkowski & Lavie 2014; MeteorScorer of meteor-1.5.jar, task “adq” of English:

    P, R  matches, stages weighted 1, 0.6, 0.8, 0.6, content words δ = 0.75, function words 1 - δ, over such lengths
    F     P·R / (α·P + (1 - α)·R), α = 0.85
    score F·(1 - γ·(chunks / mean of matched words)^β), γ = 0.6, β = 0.2; no penalty where both are the same
"""

import shutil
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

Words = tuple[str, ...]
Pair = tuple[Words, tuple[Words, ...]]
Array = NDArray[np.float64]

_ALPHA, _BETA, _GAMMA, _DELTA = 0.85, 0.2, 0.6, 0.75
_STAGES = np.array([1.0, 0.6, 0.8, 0.6])
_MOST_KNOWN = 1 << 17
_known: dict[Pair, tuple[float, ...]] = {}


def is_available() -> bool:
    return shutil.which("java") is not None and find_spec("pycocoevalcap") is not None


def counts(candidates: Sequence[Words], references: Sequence[tuple[Words, ...]]) -> Array:
    """The jar's 23 counts of every picture, which add up. Starts Java, seconds, unless all were counted before."""
    pairs = list(zip(candidates, references, strict=True))
    if unknown := [pair for pair in dict.fromkeys(pairs) if pair not in _known]:
        if len(_known) + len(unknown) > _MOST_KNOWN:
            _known.clear()
            unknown = list(dict.fromkeys(pairs))
        _known.update(zip(unknown, _counted(unknown), strict=True))
    return np.array([_known[pair] for pair in pairs], dtype=np.float64).reshape(len(pairs), 23)


def _counted(pairs: Sequence[Pair]) -> list[tuple[float, ...]]:
    """By a Java process that ends with the call."""
    scorer = import_module("pycocoevalcap.meteor.meteor").Meteor()
    try:
        lines = [scorer._stat(" ".join(said), [" ".join(words) for words in wanted]) for said, wanted in pairs]
        return [tuple(float(value) for value in line.split()) for line in lines]
    finally:
        scorer.meteor_p.kill()
        scorer.meteor_p.wait()


def meteor(sums: Array) -> Array:
    """Of sums of counts. Shapes (m, 23) -> (m,)."""
    said, wanted = (_weighted(sums, side) for side in (0, 1))
    precision, recall = (_ratio(matches, length) for matches, length in (said, wanted))
    mean = _ratio(precision * recall, _ALPHA * precision + (1 - _ALPHA) * recall)
    chunks, words = sums[:, 20], sums[:, 21:23]
    same = (words == sums[:, 0:2]).all(axis=1) & (chunks == 1)
    fragmentation = np.where(same, 0.0, _ratio(chunks, words.mean(axis=1)))
    score: Array = mean * (1 - _GAMMA * fragmentation**_BETA)
    return score


def _weighted(sums: Array, side: int) -> tuple[Array, Array]:
    """Matches and length of the candidate (0) or of the reference (1)."""
    stages = sums[:, 4:20].reshape(-1, 4, 4)
    matches = (_DELTA * stages[:, :, side] + (1 - _DELTA) * stages[:, :, 2 + side]) @ _STAGES
    length, function = sums[:, side], sums[:, 2 + side]
    return matches, _DELTA * (length - function) + (1 - _DELTA) * function


def _ratio(over: Array, under: Array) -> Array:
    return np.divide(over, under, out=np.zeros_like(over), where=under != 0)
