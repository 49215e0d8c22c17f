"""A benchmark and people about the same pairs."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.tests.makers import make_user
from apps.assessment.domain.sets import SETS
from apps.assessment.services import open_evaluation
from apps.assessment.tests.makers import make_judgment
from apps.benchmarks.services import score_run
from apps.benchmarks.tests.makers import make_benchmark
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from apps.reports.beside_benchmark import beside_people

if TYPE_CHECKING:
    from django.test import Client

    from apps.benchmarks.models import Benchmark
    from apps.generation.models import Run
    from conftest import Cast


@pytest.fixture
def benchmark(cast: Cast) -> Benchmark:
    return make_benchmark(cast.researcher)


@pytest.fixture
def runs(cast: Cast, benchmark: Benchmark) -> list[Run]:
    """Oak has all four tasks right, Elm two, Ash none."""
    runs = []
    for name, right in [("Oak", 4), ("Elm", 2), ("Ash", 0)]:
        run = make_run(benchmark.bucket, make_revision(cast.researcher, name=name), text="Yes")
        run.answers.filter(task__position__gte=right).update(text="no")
        score_run(actor=cast.researcher, benchmark=benchmark, run=run, now=timezone.now())
        runs.append(run)
    return runs


def judge(cast: Cast, one: Run, other: Run, *verdicts: str) -> None:
    second = make_user(f"second{one.pk}-{other.pk}@example.org")
    evaluation = open_evaluation(
        actor=cast.researcher,
        name=f"{one.revision} and {other.revision}",
        run_a=one,
        run_b=other,
        overlap=2,
        guidelines="",
        assessors=[cast.assessor, second],
        seed=1,
        criteria=SETS["comparative"],
    )
    for person, verdict in zip([cast.assessor, second], verdicts, strict=False):
        make_judgment(evaluation, assessor=person, verdict=verdict)


def page(client: Client, benchmark: Benchmark) -> str:
    return client.get(reverse("reports:beside_benchmark", args=[benchmark.public_id])).text


def test_win_rates_stand_side_by_side_from_the_side_of_the_better(
    cast: Cast, client: Client, benchmark: Benchmark, runs: list[Run]
) -> None:
    client.force_login(cast.researcher)
    assert "compared by people yet" in page(client, benchmark)
    judge(cast, runs[1], runs[0], "b", "tie")  # Oak is B here, and wins and draws
    [pair] = beside_people(cast.researcher, benchmark).pairs
    assert (str(pair.after.run.revision), str(pair.before.run.revision)) == ("Oak r1", "Elm r1")
    assert (pair.benchmark.value, pair.people.value, pair.agrees, pair.enough) == (0.75, 0.75, True, False)
    assert "There is 1 pair, and a correlation takes at least three." in page(client, benchmark)


def test_three_pairs_correlate(cast: Cast, client: Client, benchmark: Benchmark, runs: list[Run]) -> None:
    for (one, other), verdict in zip(combinations(runs, 2), ["a", "b", "tie"], strict=True):
        judge(cast, one, other, verdict)
    found = beside_people(cast.researcher, benchmark)
    assert (found.correlation.pairs, found.revisions) == (3, 3)
    assert found.correlation.value == pytest.approx(-0.2887, abs=1e-4)  # d = .25, .5, .25; e = .5, -.5, 0
    assert (found.correlation.same_winner, found.correlation.decided) == (1, 2)
    client.force_login(cast.researcher)
    text = page(client, benchmark)
    assert "over 3 pairs of 3 revisions: −0.29 (95% interval −" in text
    assert "this may be chance" in text
    assert not beside_people(cast.outsider, benchmark).pairs
