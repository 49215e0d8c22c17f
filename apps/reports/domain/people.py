"""How far assessors agree, and each of them by himself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from apps.reports.domain.depth import Agreed, AssessorNumbers
from apps.statistics.agreement import gwet_ac1, krippendorff_alpha, raw_agreement
from apps.statistics.multiplicity import benjamini_hochberg
from apps.statistics.scores import VERDICTS
from apps.statistics.wilson import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.reports.domain.beside import Beside
    from apps.reports.domain.columns import Columns
    from apps.reports.domain.counted import Answers, Counted
    from apps.reports.domain.numbers import Facts
    from apps.statistics.agreement import Level

LEANINGS = ("a", "b", "both_bad", "tie")  # how much better is left aside
LEANING = np.array([LEANINGS.index(verdict.removesuffix("_much")) for verdict in VERDICTS])
GOLD_FLOOR = 0.7  # flagged when even the upper bound is below
FAST = 1 / 3  # of the panel's median time
FALSE_ALARMS = 0.05  # expected share among the flagged, Benjamini-Hochberg
Z = 1.959964


def measure_agreement(counted: Counted, facts: Facts) -> tuple[Agreed, ...]:
    """Of the verdict in four (how much better is left aside), then of each criterion.

    Marks and points are asked of every answer, so there the answers are the units, marked or not.
    """
    kinds = {item.key: item.kind for item in facts.asked}
    counts, times = counted.verdicts.units()
    leanings = counts @ np.eye(len(LEANINGS), dtype=np.int64)[LEANING]
    found = [_agreed("verdict", "nominal", leanings, times)]
    for key in facts.criteria:
        kind = kinds.get(key, "comparative")
        if kind == "comparative":
            found.append(_agreed(key, "ordinal", *counted.ratings[key].units()))
        else:
            level: Level = "nominal" if kind == "marks" else "ordinal"
            found.append(_agreed(key, level, *_of_answers(counted.answers[key])))
    return tuple(found)


def _of_answers(told: Answers) -> tuple[np.ndarray, np.ndarray]:
    """Counts of patterns and how many answers have each; answers of A, then of B."""
    (counts_a, times_a), (counts_b, times_b) = told.a.units(), told.b.units()
    return np.concatenate([counts_a, counts_b]), np.concatenate([times_a, times_b])


def _agreed(subject: str, level: Level, counts: np.ndarray, times: np.ndarray) -> Agreed:
    """Categories that nobody chose are none."""
    counts = counts[:, counts.any(axis=0)]
    alpha = krippendorff_alpha(counts, None, level, times=times)
    return Agreed(subject, level, alpha, gwet_ac1(counts, times=times), raw_agreement(counts, times=times))


def measure_assessors(data: Columns, counted: Counted, beside: Beside) -> tuple[AssessorNumbers, ...]:
    """Everybody who judged, in the order of `data.people`, with what calls for a look."""
    people, usual = data.people, data.median_seconds
    if usual is None:
        return ()
    agreed, pairs = _with_others(data, counted)
    mean = float(np.average(agreed[pairs > 0], weights=pairs[pairs > 0])) if pairs.any() else math.nan
    facts = _each(data, counted.sides)
    odd_sides = _odd([fact["left_p"] for fact in facts])
    odd_agreement = _odd([_below(agreed[code], int(pairs[code]), mean) for code in range(len(people))])
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


def _each(data: Columns, sides: np.ndarray) -> list[dict[str, Any]]:
    """By assessor: (A on the right or left) × (B won, tie, A won) counted once for all, and median times."""
    count = len(data.people)
    tables = (
        np.bincount(data.assessors.astype(np.int64) * 6 + sides, minlength=6 * count)
        .reshape(count, 3, 2)
        .swapaxes(1, 2)
    )
    simulated = np.bincount(data.assessors[data.simulated], minlength=count) > 0
    by_person = np.argsort(data.assessors.astype(np.min_scalar_type(count)), kind="stable")  # 16 bits sort at once
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


def _with_others(data: Columns, counted: Counted) -> tuple[np.ndarray, np.ndarray]:
    """For every assessor: the mean share of the others' verdicts that are the same, and on how many comparisons."""
    people, kinds, tasks, sizes = len(data.people), len(LEANINGS), counted.layout.tasks, counted.layout.sizes
    place = tasks * kinds + LEANING[data.verdicts]
    same = np.bincount(place, minlength=len(sizes) * kinds).reshape(-1, kinds) - 1
    others = np.maximum(sizes - 1, 1)
    share = np.where(sizes > 1, (same.T / others), 0.0).T.ravel()[place]
    of = np.bincount(data.assessors, (sizes > 1)[tasks], minlength=people).astype(np.int64)
    total = np.bincount(data.assessors, share, minlength=people)
    return np.divide(total, of, out=np.zeros(people), where=of > 0), of


def _below(share: float, of: int, mean: float) -> float:
    """One-sided p of agreeing less than the panel does, normal approximation."""
    if not of or not 0 < mean < 1:
        return 1.0
    return float(special.ndtr((share - mean) / math.sqrt(mean * (1 - mean) / of)))


def _odd(p_values: Sequence[float]) -> list[bool]:
    return [bool(p < FALSE_ALARMS) for p in benjamini_hochberg(p_values)]
