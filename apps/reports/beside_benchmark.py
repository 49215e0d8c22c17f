"""What a benchmark and what people say of the same pairs of pipeline revisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from apps.assessment.models import Evaluation, Judgment
from apps.benchmarks.models import BenchmarkRun
from apps.benchmarks.queries.compared import pairs_of
from apps.statistics.clustered import win_rate
from apps.statistics.gates import cell_gate
from apps.statistics.item_scores import codes_of
from apps.statistics.paired import Spread
from apps.statistics.paired_rates import correlate_win_rates
from apps.statistics.scores import score_verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.accounts.models import User
    from apps.benchmarks.models import Benchmark
    from apps.statistics.clustered import Estimate
    from apps.statistics.paired import Interval
    from apps.statistics.paired_rates import Correlation


class Said(NamedTuple):
    """One judgment; `score` is 1 where the second of the pair won, ½ for a tie."""

    score: float
    task: int
    assessor: int
    simulated: bool


@dataclass(frozen=True)
class PairBeside:
    """`benchmark`: on how many tasks `after` has the higher score, ties half; `people`: its win rate. `enough`: data of
    people for a statement."""

    before: BenchmarkRun
    after: BenchmarkRun
    tasks: int
    points: float
    benchmark: Interval
    people: Estimate
    enough: bool
    simulated: int
    evaluations: Sequence[Evaluation]

    @property
    def agrees(self) -> bool | None:
        """None where one of the two sees a draw, or nothing."""
        if (
            self.benchmark.value is None
            or self.people.value is None
            or 0.5 in (self.benchmark.value, self.people.value)
        ):
            return None
        return (self.benchmark.value > 0.5) == (self.people.value > 0.5)


@dataclass(frozen=True)
class BesidePeople:
    pairs: Sequence[PairBeside]
    correlation: Correlation
    revisions: int

    @property
    def simulated(self) -> int:
        return sum(pair.simulated for pair in self.pairs)

    @property
    def judgments(self) -> int:
        return sum(pair.people.judgments for pair in self.pairs)

    @property
    def open(self) -> list[Evaluation]:
        return [each for pair in self.pairs for each in pair.evaluations if each.state == "open"]


def beside_people(user: User, benchmark: Benchmark) -> BesidePeople:
    """Pairs of revisions that were both scored on `benchmark`, the latest run of each, and that people compared, in
    evaluations over whatever bucket that `user` may see. The one with the higher mean comes second.
    """
    runs = {row.run.revision_id: row for row in _scored(benchmark)}
    met = _evaluations(user, runs)
    pairs = [pair for key, evaluations in met.items() if (pair := _pair(runs[key[0]], runs[key[1]], evaluations))]
    pairs.sort(key=lambda pair: -pair.points)
    known = [pair for pair in pairs if pair.people.value is not None]
    correlation = correlate_win_rates(
        [pair.benchmark.value or 0.0 for pair in known], [pair.people.value or 0.0 for pair in known]
    )
    revisions = {side.run.revision_id for pair in known for side in (pair.before, pair.after)}
    return BesidePeople(pairs, correlation, len(revisions))


def _scored(benchmark: Benchmark) -> list[BenchmarkRun]:
    rows = benchmark.benchmark_runs.exclude(scored_at=None).select_related(
        "benchmark__bucket", "run__revision__pipeline"
    )
    return list(rows.order_by("pk"))


def _evaluations(user: User, runs: dict[int, BenchmarkRun]) -> dict[tuple[int, int], list[Evaluation]]:
    """By the two revisions, the smaller primary key first."""
    seen = Evaluation.objects.visible_to(user).filter(run_a__revision__in=runs, run_b__revision__in=runs)
    met: dict[tuple[int, int], list[Evaluation]] = {}
    for each in seen.select_related("run_a", "run_b", "bucket").order_by("pk"):
        one, other = sorted((each.run_a.revision_id, each.run_b.revision_id))
        if one != other:
            met.setdefault((one, other), []).append(each)
    return met


def _pair(one: BenchmarkRun, other: BenchmarkRun, evaluations: Sequence[Evaluation]) -> PairBeside | None:
    """None without a common task."""
    scored = pairs_of(one, other)
    if not scored:
        return None
    before = np.array([pair.before.value for pair in scored])
    after = np.array([pair.after.value for pair in scored])
    if after.mean() < before.mean():
        one, other, before, after = other, one, after, before
    wins = np.where(after > before, 1.0, np.where(after < before, 0.0, 0.5))
    said = _said(evaluations, other.run.revision_id)
    people = win_rate([row.score for row in said], [row.task for row in said], [row.assessor for row in said])
    return PairBeside(
        before=one,
        after=other,
        tasks=len(scored),
        points=100 * float(after.mean() - before.mean()),
        benchmark=Spread(codes_of([pair.cluster for pair in scored])[0], 0.95).share(wins),
        people=people,
        enough=cell_gate(people.tasks, people.assessors).passed,
        simulated=sum(row.simulated for row in said),
        evaluations=evaluations,
    )


def _said(evaluations: Sequence[Evaluation], winner: int) -> list[Said]:
    """Judgments told from the side of the revision `winner`."""
    is_a = {each.pk: each.run_a.revision_id == winner for each in evaluations}
    rows = (
        Judgment.objects.filter(assignment__evaluation__in=is_a)
        .counted()
        .values_list(
            "assignment__evaluation", "verdict", "assignment__comparison__task", "assessor", "assessor__simulated"
        )
    )
    found = list(rows)
    scores = score_verdicts([row[1] for row in found])
    return [
        Said(float(score if is_a[row[0]] else 1 - score), row[2], row[3], row[4])
        for row, score in zip(found, scores, strict=True)
    ]
