"""How far assessors agree, and each of them by himself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from apps.reports.domain.depth import Agreed, AssessorNumbers
from apps.statistics.agreement import count_ratings, gwet_ac1, krippendorff_alpha, raw_agreement
from apps.statistics.codes import as_codes
from apps.statistics.multiplicity import benjamini_hochberg
from apps.statistics.scores import VERDICTS
from apps.statistics.wilson import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.beside import Beside
    from apps.reports.domain.columns import Columns
    from apps.reports.domain.numbers import Facts
    from apps.statistics.agreement import Level

LEANING = np.array([{"a_much": "a", "b_much": "b"}.get(verdict, verdict) for verdict in VERDICTS])
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
            values = np.where(np.isnan(values), np.nan, (values > 0).astype(np.float32))
        units = np.concatenate([2 * data.tasks, 2 * data.tasks + 1])
        found.append(_agreed(key, "nominal" if kind == "marks" else "ordinal", units, values))
    return tuple(found)


def merged(verdicts: np.ndarray) -> np.ndarray:
    """A code for A better, tie, both bad, B better; how much better is left aside."""
    return np.asarray(np.unique(LEANING, return_inverse=True)[1][verdicts])


def _agreed(subject: str, level: Level, units: np.ndarray, values: np.ndarray) -> Agreed:
    counts, categories = count_ratings(units, values)
    points = categories if categories.dtype.kind == "f" else None
    alpha = krippendorff_alpha(counts, points, level)
    return Agreed(subject, level, alpha, gwet_ac1(counts), raw_agreement(counts))


def measure_assessors(data: Columns, beside: Beside) -> tuple[AssessorNumbers, ...]:
    """Everybody who judged, in the order of `data.people`, with what calls for a look."""
    people = data.people
    if not len(data):
        return ()
    agreed, pairs = _with_others(data)
    mean = float(np.average(agreed[pairs > 0], weights=pairs[pairs > 0])) if pairs.any() else math.nan
    facts = _each(data)
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


def _each(data: Columns) -> list[dict[str, Any]]:
    """By assessor: (A on the right or left) × (B won, tie, A won) counted once for all, and median times."""
    count = len(data.people)
    place = data.assessors * 6 + data.a_on_left * 3 + (2 * data.scores).astype(np.int64)
    tables = np.bincount(place, minlength=6 * count).reshape(count, 2, 3)
    simulated = np.bincount(data.assessors, data.simulated, minlength=count) > 0
    by_person = np.argsort(data.assessors.astype(np.int32), kind="stable")
    times = np.split(data.seconds[by_person], np.cumsum(tables.sum(axis=(1, 2)))[:-1])
    return [
        _one(*told) | {"median_seconds": float(np.median(seconds))}
        for *told, seconds in zip(tables.astype(np.float64), simulated, times, strict=True)
    ]


def _one(table: np.ndarray, simulated: bool) -> dict[str, Any]:
    (won_by_b, ties, won_by_a), judgments = table.sum(axis=0), table.sum()
    decisive = won_by_a + won_by_b
    return {
        "simulated": bool(simulated),
        "judgments": int(judgments),
        "win_rate": float((won_by_a + ties / 2) / judgments),
        "tie_share": float(ties / judgments),
        "left_share": float((table[1, 2] + table[0, 0]) / decisive) if decisive else None,
        "left_p": _side_p(table[:, 2], table[:, 0] + table[:, 2]),
    }


def _side_p(won: np.ndarray, decisive: np.ndarray) -> float:
    """Does A win more often on one side than on the other? Two shares of decisive judgments, normal approximation; 1
    where A stood on one side alone."""
    if not decisive.all():
        return 1.0
    pooled, shares = float(won.sum() / decisive.sum()), won / decisive
    error = math.sqrt(pooled * (1 - pooled) * float((1 / decisive).sum()))
    return 2 * float(special.ndtr(-abs(shares[0] - shares[1]) / error)) if error else 1.0


def _with_others(data: Columns) -> tuple[np.ndarray, np.ndarray]:
    """For every assessor: the mean share of the others' verdicts that are the same, and on how many comparisons."""
    people, verdicts, task = len(data.people), merged(data.verdicts), as_codes(data.tasks)
    counts, categories = count_ratings(task, verdicts)
    said = np.searchsorted(categories, verdicts)
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
