"""A judge beside people: win rates on the same comparisons, agreement, and what the order and the length do to either.

Intervals of shares are clustered by task, and for people by task and assessor (`statistics.clustered`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from apps.assessment.domain.verdicts import LEANINGS, leaning
from apps.judges.domain.combining import SIGNS
from apps.statistics.agreement import Agreement, count_ratings, gwet_ac1, raw_agreement
from apps.statistics.clustered import Estimate, clustered_mean, proportion, win_rate
from apps.statistics.kappa import cohen_kappa
from apps.statistics.undefined import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from apps.judges.domain.combining import Said
    from apps.statistics.clustered import GeneraliseOver

SCORE = {"a": 1.0, "neither": 0.5, "b": 0.0}


@dataclass(frozen=True)
class Vote:
    """A person's judgment that counts, of the comparison (a task's only one) with that key. `a_first`: A was shown on
    the left."""

    comparison: int
    assessor: str
    verdict: str
    a_first: bool = True


@dataclass(frozen=True)
class Judged:
    """What a judge said of a comparison. `longer`: "a", "b", or "" where both answers have as many characters;
    `first_won`: for every order in which either won, whether the answer read first did."""

    comparison: int
    said: Said
    longer: str = ""
    first_won: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Figures:
    """`shared`: comparisons that the judge and at least one person judged; win rates of both are over these alone.

    `with_one`: how often the judge and one assessor say the same (A, neither, B), `people`: two assessors; `majority`,
    `ac1` and `kappa`: the judge and the leaning of the assessors' sum. `first`: wins of the answer read first
    (for people shown on the left) among all wins; `flips` of `both` comparisons said A in one order and B in the other.
    `longer`: wins of the longer answer; `shared_longer` over the comparisons of `people_longer`, since longer answers
    may well be the better ones.
    """

    judged: int
    shared: int
    win_rate: Estimate
    shared_win_rate: Estimate
    people_win_rate: Estimate
    with_one: Estimate
    people: Agreement
    majority: Agreement
    ac1: Agreement
    kappa: float | None
    first: Estimate
    people_first: Estimate
    flips: int
    both: int
    longer: Estimate
    shared_longer: Estimate
    people_longer: Estimate

    @property
    def flip_rate(self) -> float | None:
        return self.flips / self.both if self.both else None


def figures(judged: Sequence[Judged], votes: Sequence[Vote]) -> Figures:
    """Works from nothing at all upwards."""
    by_key = {one.comparison: one for one in judged}
    beside = [vote for vote in votes if vote.comparison in by_key]
    shared = [by_key[key] for key in sorted({vote.comparison for vote in beside})]
    pairs = [(by_key[vote.comparison], vote) for vote in beside]
    consensus = majority_of(beside)
    both = counts_of([(one.comparison, one.said.verdict) for one in shared] + list(consensus.items()))
    table = cross([(one.said.verdict, consensus[one.comparison]) for one in shared])
    return Figures(
        judged=len(judged),
        shared=len(shared),
        win_rate=_rate(judged),
        shared_win_rate=_rate(shared),
        people_win_rate=win_rate(
            [SCORE[leaning(vote.verdict)] for vote in beside],
            [vote.comparison for vote in beside],
            [vote.assessor for vote in beside],
        ),
        with_one=_share([(one.said.verdict == leaning(v.verdict), v.comparison, v.assessor) for one, v in pairs]),
        people=raw_agreement(counts_of([(vote.comparison, leaning(vote.verdict)) for vote in beside])),
        majority=raw_agreement(both),
        ac1=gwet_ac1(both),
        kappa=cohen_kappa(table).value,
        first=_share([(won, one.comparison, "") for one in judged for won in one.first_won], null=0.5),
        people_first=_share(
            [
                ((leaning(vote.verdict) == "a") == vote.a_first, vote.comparison, vote.assessor)
                for vote in beside
                if leaning(vote.verdict) != "neither"
            ],
            null=0.5,
        ),
        flips=sum(one.said.flipped for one in judged),
        both=len(judged),
        longer=_longer(judged),
        shared_longer=_longer(shared),
        people_longer=_share(
            [
                (leaning(vote.verdict) == one.longer, vote.comparison, vote.assessor)
                for one, vote in pairs
                if one.longer and leaning(vote.verdict) != "neither"
            ],
            null=0.5,
        ),
    )


def decided(one: Judged) -> bool:
    """Can it be said whether the longer answer won?"""
    return bool(one.longer) and one.said.verdict != "neither"


def majority_of(votes: Iterable[Vote]) -> dict[int, str]:
    """By comparison: the side that more judgments prefer, else "neither"."""
    sums: dict[int, int] = defaultdict(int)
    for vote in votes:
        sums[vote.comparison] += SIGNS[leaning(vote.verdict)]
    return {key: "a" if total > 0 else "b" if total < 0 else "neither" for key, total in sums.items()}


def counts_of(said: Sequence[tuple[int, str]]) -> NDArray[np.int64]:
    """Shape (comparisons, 3), however few of the leanings were said: chance agreement is over those one might say."""
    units, leanings = [key for key, _ in said], [LEANINGS.index(word) for _, word in said]
    counts, found = count_ratings(units, leanings)
    whole = np.zeros((len(counts), len(LEANINGS)), dtype=np.int64)
    if len(said):
        whole[:, found.astype(np.int64)] = counts
    return whole


def cross(pairs: Iterable[tuple[str, str]]) -> NDArray[np.int64]:
    table = np.zeros((len(LEANINGS), len(LEANINGS)), dtype=np.int64)
    for judge, people in pairs:
        table[LEANINGS.index(judge), LEANINGS.index(people)] += 1
    return table


def _rate(judged: Sequence[Judged]) -> Estimate:
    tasks = [one.comparison for one in judged]
    return win_rate([SCORE[one.said.verdict] for one in judged], tasks, tasks, generalise_over="tasks")


def _longer(judged: Sequence[Judged]) -> Estimate:
    return _share([(one.said.verdict == one.longer, one.comparison, "") for one in judged if decided(one)], null=0.5)


def _share(rows: Sequence[tuple[bool, int, str]], null: float | None = None) -> Estimate:
    """Rows of (yes, comparison, assessor); the assessor is "" for a judge's, which generalise over tasks alone."""
    if not rows:
        return Estimate(None, undefined=Reason.NO_JUDGMENTS)
    yes, tasks, people = zip(*rows, strict=True)
    over: GeneraliseOver = "tasks+assessors" if people[0] else "tasks"
    mean = clustered_mean([float(value) for value in yes], tasks, people)
    return proportion(mean, null=null, generalise_over=over)


def agreement_by_criterion(
    judge: Mapping[int, Mapping[str, int]], people: Sequence[tuple[int, Mapping[str, int]]]
) -> dict[str, tuple[int, float]]:
    """By key: pairs of the judge and one assessor who both rated it, and the share of those who say the same.

    `judge` has, by comparison, preferences by key; `people` comparisons with preferences by key.
    """
    same: dict[str, list[bool]] = defaultdict(list)
    for comparison, said in people:
        for key, preference in judge.get(comparison, {}).items():
            if key in said:
                same[key].append(said[key] == preference)
    return {key: (len(found), sum(found) / len(found)) for key, found in sorted(same.items())}
