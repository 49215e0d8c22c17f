"""Judgments and numbers without a database."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from apps.accounts.models import User
from apps.accounts.tests.makers import make_user
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.reports.domain.build import build_numbers
from apps.reports.domain.frozen import digest, to_json
from apps.reports.domain.numbers import Facts, LeakKindNumbers, Leaks, Method, Numbers, Pairs, Side
from apps.reports.domain.ranking import Ranked, Ranking, Taken
from apps.reports.domain.several import Duel, rank_pipelines
from apps.reports.models import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.assessment.models import Evaluation

NAMESPACE = UUID(int=0)
CRITERIA = ("grammar", "relevance")
METHOD = Method(0.95, "tasks+assessors", "0.1.0", "3.11", "2.4", "1.17")
LEAKS = Leaks(
    scanned=62,
    lexicons=(1,),
    comparisons_masked=3,
    kinds=(LeakKindNumbers("name", 4, 0, 1, 0), LeakKindNumbers("token", 0, 1, 0, 7)),
)
VERDICTS = ("a_much", "a", "tie", "both_bad", "b", "b_much")


@dataclass(frozen=True)
class Row:
    task_key: str
    verdict: str
    assessor_id: UUID = NAMESPACE
    cluster: str = "menus"
    language: str = "en"
    simulated: bool = False
    a_on_left: bool = True
    seconds: float = 20.0
    ratings: dict[str, int] = field(default_factory=dict)
    values: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)


def make_facts(
    *, evaluation_name: str = "OCR or not", a: str = "With OCR", b: str = "Text only", state: str = "closed"
) -> Facts:
    return Facts(
        evaluation=str(UUID(int=7)),
        evaluation_name=evaluation_name,
        evaluation_state=state,
        evaluation_seed=1,
        overlap=2,
        comparisons=60,
        criteria=CRITERIA,
        a=Side(a, 3, "a" * 64, str(UUID(int=1)), 0, 60, 60),
        b=Side(b, 1, "b" * 64, str(UUID(int=2)), 0, 60, 60),
        bucket="Demo",
        bucket_version=1,
        bucket_sha256="c" * 64,
        bucket_tasks=64,
        pairs=Pairs(tasks=64, released=60, held=1, excluded=1, failed=2, to_come=0),
        leaks=LEAKS,
    )


def make_rows(
    tasks: int = 60, overlap: int = 3, panel: int = 6, *, lean: float = 0.25, simulated: bool = False
) -> list[Row]:
    """A's side is favoured by `lean`; clusters menus, signs, фото in turn, languages en and ru; a fixed seed."""
    chance = random.Random(5)
    weights = [0.1 + lean / 2, 0.2 + lean / 2, 0.2, 0.1, max(0.02, 0.25 - lean / 2), max(0.02, 0.15 - lean / 2)]
    return [
        Row(
            task_key=f"t{task:03}",
            verdict=chance.choices(VERDICTS, weights)[0],
            assessor_id=uuid5(NAMESPACE, str((task + place) % panel)),
            cluster=("menus", "signs", "фото")[task % 3],
            language=("en", "ru")[task % 2],
            simulated=simulated,
            a_on_left=bool((task + place) % 2),
            seconds=chance.uniform(8, 60),
            ratings={key: chance.choices((1, 0, -1), (0.4, 0.4, 0.2))[0] for key in CRITERIA},
        )
        for task in range(tasks)
        for place in range(overlap)
    ]


def make_numbers(rows: Sequence[Row] | None = None, facts: Facts | None = None) -> Numbers:
    return build_numbers(make_rows() if rows is None else rows, facts or make_facts(), METHOD)


def make_ranking(tasks: int = 150) -> Ranking:
    """Three pipelines of which the first is best, and the first and last met only through the second; a fixed seed."""
    chance = random.Random(3)
    duels = [
        Duel(a, b, f"t{task:03}", f"p{(task + a) % 9}", "a" if chance.random() < 0.75 else "b", bool(task % 2))
        for task in range(tasks)
        for a, b in ((0, 1), (1, 2))
    ]
    taken = [Taken(str(UUID(int=a)), f"Round {a}", "closed", 1, 2, a, a + 1, tasks) for a in range(2)]
    names = ("=Oak_1", "Elm", "Ash")
    return Ranking(
        bucket="Demo",
        bucket_version=1,
        bucket_sha256="c" * 64,
        pipelines=tuple(Ranked(name, 1, name[-1] * 64) for name in names),
        evaluations=tuple(taken),
        found=rank_pipelines(3, duels),
        simulated_judgments=0,
        seed=0,
        method=METHOD,
    )


def make_unsaved_ranking(ranking: Ranking | None = None) -> Report:
    return _unsaved(to_json(ranking or make_ranking()))


def make_unsaved_report(numbers: Numbers | None = None) -> Report:
    """A report as frozen, but not in any database: enough for exporters and pages' parts."""
    return _unsaved(to_json(numbers or make_numbers()))


def _unsaved(data: dict[str, Any]) -> Report:
    return Report(
        numbers=data,
        sha256=digest(data),
        code_version="0.1.0",
        created_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    )


def make_judged_evaluation(owner: User, *, tasks: int = 4, panel: int = 2, simulated: bool = False) -> Evaluation:
    """Every comparison judged by all of a new panel: A better, tie, B better, both bad, in turn."""
    serial = User.objects.count()
    people = [make_user(f"judge{serial}-{i}@example.org", simulated=simulated) for i in range(panel)]
    evaluation = make_evaluation(owner, assessors=people, tasks=tasks, overlap=panel, name="Judged")
    for place in range(tasks):
        for person in people:
            make_judgment(evaluation, assessor=person, verdict=("a", "tie", "b", "both_bad")[place % 4])
    return evaluation
