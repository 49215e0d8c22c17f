from typing import Any

import pytest
from celery import current_app
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.assessment.domain.criteria_yaml import read_set
from apps.assessment.domain.refusals import CannotOpen
from apps.assessment.jobs import admit
from apps.assessment.labels import title_for_assessors
from apps.assessment.models import Evaluation
from apps.assessment.queries import evaluation_progress
from apps.assessment.services import open_evaluation
from apps.assessment.services.admitting import WHILE_WAITED
from apps.assessment.tests.makers import make_evaluation
from apps.audit.models import AuditEvent
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import AnswerState
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from conftest import Cast


def test_every_place_exists_from_the_opening_on(cast: Cast) -> None:
    evaluation = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=5, overlap=3)
    progress = evaluation_progress(evaluation)
    assert (progress.pairs.released, progress.places, progress.free, progress.pairs.failed) == (5, 15, 15, 0)
    assert [criterion.key for criterion in evaluation.criteria.all()] == [
        "grammar",
        "readability",
        "comprehensiveness",
        "relevance",
        "errors",
        "hallucinations",
    ]
    assert AuditEvent.objects.get(verb="evaluation.opened").facts["comparisons"] == 5


@pytest.mark.parametrize(("tasks", "asked"), [(WHILE_WAITED + 1, ["assessment.admit"]), (2, [])])
def test_opening_takes_a_few_pairs_in_and_sends_for_the_rest(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    tasks: int,
    asked: list[str],
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: sent.append(name))
    run_a, run_b = runs(cast, make_bucket(cast.researcher, tasks=tasks))
    with django_capture_on_commit_callbacks(execute=True):
        evaluation = opened(cast, run_a=run_a, run_b=run_b)
    assert (sent, evaluation.comparisons.count()) == (asked, min(tasks, WHILE_WAITED))
    admit()
    assert evaluation.comparisons.count() == tasks


def test_tasks_that_a_run_failed_at_are_left_out_and_counted(cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, tasks=3)
    run_a, run_b = runs(cast, bucket)
    run_b.answers.filter(task__key="t1").update(state=AnswerState.FAILED, text=None)
    evaluation = opened(cast, run_a=run_a, run_b=run_b)
    assert evaluation_progress(evaluation).pairs.failed == 1
    assert set(evaluation.comparisons.values_list("task__key", flat=True)) == {"t0", "t2"}


def test_runs_that_cannot_be_compared_are_refused(cast: Cast) -> None:
    bucket = make_bucket(cast.researcher)
    run_a, run_b = runs(cast, bucket)
    elsewhere = make_run(make_bucket(cast.researcher, name="Other"), make_revision(cast.researcher, name="Third"))
    for reason, change in {
        "same_run": {"run_b": run_a},
        "buckets": {"run_b": elsewhere},
        "overlap": {"overlap": 21},
        "lease": {"lease_minutes": 4},
        "criteria_unblind": {"criteria": read_set("criteria: [{key: own, name: As the FIRST ONE says}]")},
        "unblinds": {"guidelines": "Pick what FIRST ONE says"},
    }.items():
        with pytest.raises(CannotOpen, match=reason):
            opened(cast, **({"run_a": run_a, "run_b": run_b} | change))
    run_b.answers.update(state=AnswerState.FAILED, text=None)
    with pytest.raises(CannotOpen, match="nothing"):
        opened(cast, run_a=run_a, run_b=run_b)
    assert not Evaluation.objects.exists()


def test_a_name_that_would_unblind_is_not_shown_to_assessors(cast: Cast) -> None:
    run_a, run_b = runs(cast, make_bucket(cast.researcher))
    telling = opened(cast, run_a=run_a, run_b=run_b, name="First against second")
    neutral = opened(cast, run_a=run_a, run_b=run_b, name="Autumn pictures")
    assert title_for_assessors(neutral) == "Autumn pictures"
    assert "first" not in title_for_assessors(telling).lower()


def runs(cast: Cast, bucket: Any) -> tuple[Any, Any]:
    first, second = (make_revision(cast.researcher, name=name) for name in ("First one", "Second one"))
    return make_run(bucket, first), make_run(bucket, second)


def opened(cast: Cast, **given: Any) -> Evaluation:
    usual: dict[str, Any] = {"name": "Neutral", "overlap": 2, "guidelines": "", "assessors": [cast.assessor], "seed": 1}
    return open_evaluation(actor=cast.researcher, **(usual | given))
