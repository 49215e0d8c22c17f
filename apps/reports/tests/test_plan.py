from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from apps.assessment.tests.makers import make_evaluation
from apps.audit.models import AuditEvent
from apps.reports.domain.build import heed
from apps.reports.domain.watching import Plan, watch
from apps.reports.models import StoppingPlan
from apps.reports.planning import Reach, reach_of
from apps.reports.services import freeze_report
from apps.reports.tests.makers import make_judged_evaluation, make_numbers, make_rows
from apps.reports.watch_wording import WatchWords, reach_words
from apps.reports.wording import sentence
from apps.statistics.power import Design

if TYPE_CHECKING:
    from django.test import Client

    from apps.reports.domain.watching import RuleKind, Watch
    from conftest import Cast

pytestmark = pytest.mark.slow

DESIGN = Design(overlap=2, assessors=20, between_tasks=0.1, between_assessors=0.01)
FORM = {
    "difference": "10",
    "assessors": "20",
    "kind": "lan_demets",
    "alpha": "5",
    "power": "80",
    "tie_share": "20",
    "between_tasks": "30",
    "between_assessors": "1",
}


def watched(share: float, kind: RuleKind = "lan_demets", seed: int = 0) -> Watch:
    """Two judgments of each of 400 tasks by twenty assessors; A is preferred with probability `share`, no ties."""
    rng, n = np.random.default_rng(seed), 800
    scores = (rng.random(n) < share).astype(float)
    return watch(scores, np.arange(n) // 2, rng.permuted(np.arange(n) % 20), Plan(0.08, DESIGN, kind, 10, n))


@pytest.mark.parametrize("kind", ["lan_demets", "sequence"])
def test_a_clear_difference_is_known_early_and_stays_known(kind: RuleKind) -> None:
    for share, outcome in ((0.68, "a"), (0.32, "b")):
        found = watched(share, kind)
        assert found.outcome == outcome
        assert (found.at or 0) <= 560
        assert found.looks[-1].judgments == found.at
        assert all(
            later.fraction >= earlier.fraction for earlier, later in zip(found.looks, found.looks[1:], strict=False)
        )


def test_no_difference_ends_as_futile_or_equivalent_and_seldom_as_a_finding() -> None:
    outcomes = [watched(0.5, seed=seed).outcome for seed in range(12)]
    assert sum(outcome in ("a", "b") for outcome in outcomes) <= 2
    assert sum(outcome in ("futile", "equivalent") for outcome in outcomes) >= 7


def test_a_variance_that_happens_to_be_small_brings_no_look_forward() -> None:
    """Nine of ten say "tie": the plan expected more spread, so 1/V alone would call the information complete."""
    rng, n = np.random.default_rng(1), 800
    scores = np.where(rng.random(n) < 0.9, 0.5, 1.0 * (rng.random(n) < 0.5))
    found = watch(scores, np.arange(n) // 2, rng.permuted(np.arange(n) % 20), Plan(0.04, DESIGN, "lan_demets", 10, n))
    assert (found.outcome, [look.fraction for look in found.looks]) == ("equivalent", [0.1, 0.2, 0.3, 0.4])


def test_a_verdict_never_goes_beyond_the_plan() -> None:
    """Clear for a single look; yet the rule that was set has seen a tenth of its judgments, or all in vain."""
    numbers = make_numbers(make_rows(tasks=300, panel=12, lean=0.6))
    assert numbers.verdict.reading == "a"
    early = watch([1, 0], [0, 1], [0, 1], Plan(0.05, DESIGN, "lan_demets", 10, 4000))
    heeded = heed(numbers, early)
    assert (heeded.verdict.reading, heeded.watch) == ("not_by_plan", early)
    assert "The plan set for this evaluation has not established a difference" in sentence(heeded)
    assert heed(numbers, replace(early, outcome="a")).verdict.reading == "a"
    assert heed(numbers, replace(early, outcome="b")).verdict.reading == "not_by_plan"
    assert heed(numbers, None) == numbers


def test_a_plan_that_ran_out_says_so() -> None:
    undecided = watched(0.54, "sequence")
    assert (undecided.outcome, undecided.is_complete) == ("open", True)
    assert "All 800 planned judgments are there" in WatchWords(undecided).sentence
    assert not watch([1], [0], [0], Plan(0.1, DESIGN, "lan_demets", 4, 400)).is_complete


def test_too_few_assessors_establish_nothing() -> None:
    scores = np.ones(400)
    few = watch(scores, np.arange(400) // 2, np.arange(400) % 3, Plan(0.1, DESIGN, "lan_demets", 4, 400))
    assert (few.outcome, few.at, [look.low for look in few.looks]) == ("open", None, [None] * 4)
    assert watch([], [], [], Plan(0.1, DESIGN, "lan_demets", 4, 400)).looks == ()


def test_setting_a_plan_from_its_page(client: Client, cast: Cast) -> None:
    evaluation = make_judged_evaluation(cast.researcher)
    address = reverse("reports:plan", args=[evaluation.public_id])
    client.force_login(cast.researcher)
    page = client.get(address).content.decode()
    assert "How many judgments show how much" in page
    assert client.post(address, FORM).status_code == 302
    plan = StoppingPlan.objects.get()
    assert (plan.difference, plan.assessors, plan.judgments_then) == (0.1, 20, 8)
    assert plan.planned == (plan.plan.design.tasks_for(0.1) or 0) * evaluation.overlap
    assert AuditEvent.objects.get(verb="evaluation.planned").facts["planned"] == plan.planned
    page = client.get(address).content.decode()
    assert "8 judgments were there already" in page
    assert '<p id="known"><strong>It is not known yet' in page
    assert f"The plan needs {plan.planned // 2} tasks, more than this bucket has." in page
    assert "This bucket’s tasks that can be judged, 4, show no difference at all." in page
    assert reach_of(evaluation, DESIGN) == Reach(4, 0, None)
    beside = client.get(reverse("assessment:detail", args=[evaluation.public_id])).content.decode()
    assert f'hx-get="{address}" hx-trigger="load" hx-select="#known"' in beside
    frozen = freeze_report(actor=cast.researcher, evaluation=evaluation)
    assert frozen.content.watch is not None
    page = client.get(reverse("reports:detail", args=[frozen.public_id])).content.decode()
    assert "It is not known yet" in page
    assert "This bucket gives 8 judgments at most, so the plan can’t be carried to its end." in page


def test_what_a_bucket_can_show_is_said_with_the_remedy() -> None:
    enough = "The smallest difference that this bucket’s tasks that can be judged, 60, show is 8.3 points of win rate."
    assert reach_words(Reach(60, 0, 0.083)) == reach_words(Reach(60, 60, 0.083)) == enough
    told = reach_words(Reach(60, 70, 0.083))
    assert told.startswith(f"The plan needs 70 tasks, more than this bucket has. {enough}")
    assert "bucket with more tasks" in told


def test_a_plan_that_cannot_succeed_is_refused_with_the_remedy(client: Client, cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    address = reverse("reports:plan", args=[evaluation.public_id])
    client.force_login(cast.researcher)
    answer = client.post(address, {**FORM, "difference": "5", "assessors": "3", "between_assessors": "4"})
    assert answer.status_code == 422
    assert "at least 28 are needed" in answer.content.decode()
    assert client.post(address, {**FORM, "difference": "-1"}).status_code == 422
    answer = client.post(address, {**FORM, "between_tasks": "80", "between_assessors": "30"})
    assert "together at most 100%" in answer.content.decode()
    for user, code in ((cast.outsider, 404), (cast.assessor, 403)):
        client.force_login(user)
        assert client.post(address, FORM).status_code == code
    assert not StoppingPlan.objects.exists()


def test_the_database_refuses_to_change_a_plan(client: Client, cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor])
    client.force_login(cast.admin)
    client.post(reverse("reports:plan", args=[evaluation.public_id]), FORM)
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reports_stoppingplan SET difference = 0.2")
