"""How far assessors agree, and each of them by himself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from apps.reports.domain.depth import Agreed, AssessorNumbers
from apps.statistics.agreement import count_ratings, gwet_ac1, krippendorff_alpha, raw_agreement
from apps.statistics.multiplicity import benjamini_hochberg
from apps.statistics.wilson import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.beside import Beside
    from apps.reports.domain.columns import Columns, JudgmentLike
    from apps.reports.domain.numbers import Facts
    from apps.statistics.agreement import Level

MERGED = {"a_much": "a", "b_much": "b"}
GOLD_FLOOR = 0.7  # flagged when even the upper bound is below
FAST = 1 / 3  # of the panel's median time
FALSE_ALARMS = 0.05  # expected share among the flagged, Benjamini-Hochberg
Z = 1.959964


def measure_agreement(data: Columns, facts: Facts) -> tuple[Agreed, ...]:
    """Of the verdict in four (how much better is left aside), then of each criterion.

    Marks and points are asked of every answer, so there the answers are the units, marked or not.
    """
    kinds = {item.key: item.kind for item in facts.asked}
    found = [_agreed("verdict", "nominal", data.tasks, merged(data.verdicts))]
    for key in facts.criteria:
        kind = kinds.get(key, "comparative")
        if kind == "comparative":
            found.append(_agreed(key, "ordinal", data.tasks, data.ratings[key]))
            continue
        a, b = data.values[key]
        values = np.concatenate([a, b])
        if kind == "marks":
            values = np.where(np.isnan(values), np.nan, (values > 0).astype(np.float64))
        units = np.concatenate([2 * data.tasks, 2 * data.tasks + 1])
        found.append(_agreed(key, "nominal" if kind == "marks" else "ordinal", units, values))
    return tuple(found)


def merged(verdicts: np.ndarray) -> np.ndarray:
    for word, into in MERGED.items():
        verdicts = np.where(verdicts == word, into, verdicts)
    return verdicts


def _agreed(subject: str, level: Level, units: np.ndarray, values: np.ndarray) -> Agreed:
    counts, categories = count_ratings(units, values)
    points = categories if categories.dtype.kind == "f" else None
    alpha = krippendorff_alpha(counts, points, level)
    return Agreed(subject, level, alpha, gwet_ac1(counts), raw_agreement(counts))


def measure_assessors(data: Columns, rows: Sequence[JudgmentLike], beside: Beside) -> tuple[AssessorNumbers, ...]:
    """Everybody who judged, in the order of `data.assessors`, with what calls for a look."""
    people = list(dict.fromkeys(row.assessor_id for row in rows))
    if not people:
        return ()
    agreed, pairs = _with_others(data)
    mean = float(np.average(agreed[pairs > 0], weights=pairs[pairs > 0])) if pairs.any() else math.nan
    facts = [_one(data, code, data.assessors == code) for code in range(len(people))]
    odd_sides = _odd([fact["left_p"] for fact in facts])
    odd_agreement = _odd([_below(agreed[code], int(pairs[code]), mean) for code in range(len(people))])
    usual = float(np.median(data.seconds))
    result = []
    for code, (person, fact) in enumerate(zip(people, facts, strict=True)):
        gold, of = beside.gold.get(person, (0, 0)), int(pairs[code])
        why = {
            "stopped": person in beside.stopped,
            "gold": gold[1] > 0 and wilson(gold[0] / gold[1], gold[1], Z)[1] < GOLD_FLOOR,
            "agreement": odd_agreement[code],
            "side": odd_sides[code],
            "fast": fact["median_seconds"] < FAST * usual,
        }
        flags: list[Any] = [name for name, holds in why.items() if holds]
        half = Z * math.sqrt(mean * (1 - mean) / of) if of else 0.0
        result.append(
            AssessorNumbers(
                assessor=str(person),
                agreed=float(agreed[code]) if of else None,
                agreed_of=of,
                agreed_low=max(0.0, mean - half) if of else None,
                agreed_high=min(1.0, mean + half) if of else None,
                gold=gold,
                flags=tuple(flags),
                **fact,
            )
        )
    return tuple(result)


def _one(data: Columns, code: int, mine: np.ndarray) -> dict[str, Any]:
    scores = data.scores[mine]
    left = int((((scores == 1) & data.a_on_left[mine]) | ((scores == 0) & ~data.a_on_left[mine])).sum())
    decisive = int((scores != 0.5).sum())
    return {
        "simulated": bool(data.simulated[mine].any()),
        "judgments": int(mine.sum()),
        "win_rate": float(scores.mean()),
        "tie_share": float((scores == 0.5).mean()),
        "left_share": left / decisive if decisive else None,
        "left_p": _side_p(scores, data.a_on_left[mine]),
        "median_seconds": float(np.median(data.seconds[mine])),
    }


def _side_p(scores: np.ndarray, a_on_left: np.ndarray) -> float:
    """Does A win more often on one side than on the other? Two shares of decisive judgments, normal approximation; 1
    where A stood on one side alone."""
    decisive = scores != 0.5
    won = [scores[decisive & side] for side in (a_on_left, ~a_on_left)]
    sizes = [len(part) for part in won]
    if not all(sizes):
        return 1.0
    pooled = float(np.concatenate(won).mean())
    error = math.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))
    return 2 * float(special.ndtr(-abs(won[0].mean() - won[1].mean()) / error)) if error else 1.0


def _with_others(data: Columns) -> tuple[np.ndarray, np.ndarray]:
    """For every assessor: the mean share of the others' verdicts that are the same, and on how many comparisons."""
    people = int(data.assessors.max()) + 1
    counts, categories = count_ratings(data.tasks, merged(data.verdicts))
    said = np.searchsorted(categories, merged(data.verdicts))
    task = np.unique(data.tasks, return_inverse=True)[1]
    others = counts.sum(axis=1)[task] - 1
    same = counts[task, said] - 1
    shared = others > 0
    share = np.divide(same, others, out=np.zeros(len(data)), where=shared)
    of = np.bincount(data.assessors[shared], minlength=people)
    total = np.bincount(data.assessors[shared], share[shared], minlength=people)
    return np.divide(total, of, out=np.zeros(people), where=of > 0), of


def _below(share: float, of: int, mean: float) -> float:
    """One-sided p of agreeing less than the panel does, normal approximation."""
    if not of or not 0 < mean < 1:
        return 1.0
    return float(special.ndtr((share - mean) / math.sqrt(mean * (1 - mean) / of)))


def _odd(p_values: Sequence[float]) -> list[bool]:
    return [bool(p < FALSE_ALARMS) for p in benjamini_hochberg(p_values)]
