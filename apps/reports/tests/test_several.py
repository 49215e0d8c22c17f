"""More than two pipelines: the evaluations of one bucket taken together."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from apps.accounts.tests.makers import make_user
from apps.assessment.domain.sets import SETS
from apps.assessment.services import open_evaluation
from apps.assessment.tests.makers import make_judgment
from apps.buckets.tests.makers import make_bucket
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from apps.reports.domain.several import POINTS, Duel, rank_pipelines
from apps.reports.several import rank_now
from apps.reports.tests.makers import METHOD

if TYPE_CHECKING:
    from django.test import Client

    from apps.assessment.models import Evaluation
    from apps.generation.models import Run
    from conftest import Cast

TRUE = (0.8, 0.2, -0.2, -0.8)


def drawn(pairs: list[tuple[int, int]], tasks: int = 150) -> list[Duel]:
    chance = random.Random(3)
    duels = []
    for task in range(tasks):
        for place, (a, b) in enumerate(pairs):
            wins = 1 / (1 + math.exp(TRUE[b] - TRUE[a]))
            verdict = "a" if chance.random() < wins else "b"
            duels.append(Duel(a, b, f"t{task}", f"p{(task + place) % 9}", verdict, chance.random() < 0.5))
    return duels


def test_strengths_are_found_through_others_and_places_are_sure() -> None:
    duels = drawn([(0, 1), (2, 1), (2, 3)])
    found = rank_pipelines(4, duels)
    assert [item.pipeline for item in found.standings] == [0, 1, 2, 3]
    assert sum(item.strength.value or 0 for item in found.standings) == pytest.approx(4000)
    for item in found.standings:
        assert (item.strength.low or 0) < 1000 + POINTS * TRUE[item.pipeline] < (item.strength.high or 0)
        assert item.best <= item.pipeline + 1 <= item.worst
    assert (found.standings[0].best, found.standings[-1].worst) == (1, 4)
    assert [(item.row, item.column) for item in found.meetings] == [(0, 1), (1, 2), (2, 3)]
    assert rank_pipelines(4, duels[::-1]) == found
    turned = [Duel(b, a, task, who, {"a": "b", "b": "a"}[said], not left) for a, b, task, who, said, left in duels]
    assert rank_pipelines(4, turned).standings == found.standings


def test_places_are_no_surer_than_the_headline_where_one_assessor_made_most_judgments() -> None:
    duels = [Duel(0, 1, f"t{n}", f"p{0 if n % 10 else n // 10 % 6}", "aab"[n % 3], n % 2 == 0) for n in range(240)]
    duels = [duel._replace(verdict="a") if duel.assessor == "p0" and duel.verdict == "b" else duel for duel in duels]
    found = rank_pipelines(2, duels)
    headline, first = found.meetings[0].observed, found.standings[0].strength
    assert first.degrees_of_freedom == headline.degrees_of_freedom == 1
    assert (found.standings[0].best, found.standings[0].worst) == (1, 2)


def test_pipelines_that_never_met_are_told_and_not_ranked() -> None:
    found = rank_pipelines(4, drawn([(0, 1), (2, 3)]))
    assert sorted(map(sorted, found.groups)) == [[0, 1], [2, 3]]
    assert found.standings == ()
    assert [item.predicted for item in found.meetings] == [None, None]


@pytest.mark.parametrize(
    "duels",
    [
        [],
        [Duel(0, 1, "t", "p", "tie", True)],
        [Duel(0, 1, f"t{place}", f"p{place % 6}", "a", True) for place in range(40)],
        [Duel(0, 1, f"t{place}", f"p{place % 6}", "tie", False) for place in range(40)],
        [Duel(0, 1, f"t{place}", f"p{place % 6}", "ab"[place % 2], place % 2 == 0) for place in range(40)],
    ],
)
def test_hardly_anything_to_rank_by_gives_an_answer(duels: list[Duel]) -> None:
    found = rank_pipelines(2, duels)
    assert len(found.standings) == (2 if duels else 0)
    for item in found.standings:
        assert (item.strength.low is None) == (item.strength.undefined is not None)
        assert 1 <= item.best <= item.worst <= 2


def compare(cast: Cast, one: Run, other: Run) -> Evaluation:
    return open_evaluation(
        actor=cast.researcher,
        name=f"{one.revision} and {other.revision}",
        run_a=one,
        run_b=other,
        overlap=2,
        guidelines="",
        assessors=[cast.assessor, make_user(f"second{one.pk}-{other.pk}@example.org")],
        seed=1,
        criteria=SETS["comparative"],
    )


@pytest.mark.slow
def test_the_page_ranks_what_met_and_explains_what_did_not(cast: Cast, client: Client) -> None:
    bucket = make_bucket(cast.researcher, name="Menus", tasks=2)
    runs = [make_run(bucket, make_revision(cast.researcher, name=name)) for name in ("Oak", "Elm", "Ash", "Fir")]
    first, second = compare(cast, runs[0], runs[1]), compare(cast, runs[2], runs[3])
    address = reverse("reports:several", args=[bucket.public_id])
    client.force_login(cast.researcher)
    assert "Nobody has judged" in client.get(address).content.decode()
    for evaluation in (first, second):
        for person in evaluation.assessors.all():
            make_judgment(evaluation, assessor=person, verdict="a")
            make_judgment(evaluation, assessor=person, verdict="b")
    page = client.get(address).content.decode()
    assert "some of them never met" in page
    assert "<li>Oak r1, Elm r1</li>" in page
    between = compare(cast, runs[1], runs[2])
    make_judgment(between, assessor=cast.assessor, verdict="tie")
    page = client.get(address).content.decode()
    assert "There is not enough data to rank" in page
    assert "Ranking as numbers" in page
    alone = client.get(address, {"evaluation": str(first.public_id)}).content.decode()
    assert "There are only two pipelines" in alone
    assert "Fir r1</li>" not in alone
    turned = rank_now(bucket, [compare(cast, runs[3], runs[0])], METHOD)
    assert turned.names == ["Oak r1", "Fir r1"], "a pair has the same first in every ranking, or they can't compare"
    assert [(item.a, item.b) for item in turned.evaluations] == [(1, 0)]
    empty = reverse("reports:several", args=[make_bucket(cast.researcher, name="None").public_id])
    assert "no evaluation of two different revisions" in client.get(empty).content.decode()
