"""Kept results: a second run of an unchanged revision costs no generation, and a cache never fails an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import Error, connection
from django.utils import timezone

from apps.buckets.tests.makers import make_bucket
from apps.generation.models import AnswerState, CachedResult, Run
from apps.generation.queries import run_progress
from apps.generation.services import drain_run, sweep_leases
from apps.generation.services.resident import forget_runner
from apps.generation.services.results import StoredResults
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision
from inference import engines as known
from inference.contracts import Failure
from inference.declare import Engine, Result
from inference.errors import ModelUnavailable
from inference.spec import parse_spec
from inference.tests.test_cache import PIPELINE, CountingModel

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings

    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision
    from conftest import Cast
    from inference.spec.model import ModelSpec


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> CountingModel:
    counting = CountingModel()

    def load(spec: ModelSpec, model_dir: Path) -> CountingModel:
        return counting

    engines = {**known.engines(), "counting": Engine(name="counting", load=load)}
    for module in ("inference.residents", "inference.spec.checks", "inference.spec.parse"):
        monkeypatch.setattr(f"{module}.engines", lambda: engines, raising=False)
    settings.GENERATION_RUNNER = "apps.generation.services.resident.build_runner"
    return counting


@pytest.fixture
def revision(cast: Cast, model: CountingModel) -> PipelineRevision:
    return make_revision(cast.researcher, spec=parse_spec(PIPELINE).canonical())


def complete(bucket: Bucket, revision: PipelineRevision, *, use_cache: bool = True) -> Run:
    run = make_run(bucket, revision, done=False)
    Run.objects.filter(pk=run.pk).update(use_cache=use_cache)
    drain_run(run_public_id=run.public_id, worker="here:1")
    assert {answer.state for answer in run.answers.all()} == {AnswerState.DONE}
    return run


@pytest.mark.django_db(transaction=True)
def test_a_second_run_asks_no_model_unless_it_is_meant_to(
    cast: Cast, revision: PipelineRevision, model: CountingModel
) -> None:
    bucket = make_bucket(cast.researcher, tasks=3)
    first = complete(bucket, revision)
    forget_runner()  # another process, as it were
    second = complete(bucket, revision)
    assert len(model.asked) == 3
    texts = [list(run.answers.order_by("task").values_list("text", flat=True)) for run in (first, second)]
    assert texts[0] == texts[1]
    assert [answer.trace[0].get("cached") for run in (first, second) for answer in run.answers.all()] == [
        *[None] * 3,
        *[True] * 3,
    ]
    assert [run_progress(run).completion_tokens for run in (first, second)] == [6, 0]
    complete(bucket, revision, use_cache=False)
    assert len(model.asked) == 6
    assert CachedResult.objects.count() == 3


@pytest.mark.django_db
def test_who_keeps_first_is_right_and_what_a_database_can_not_hold_is_cleaned() -> None:
    store = StoredResults()
    store.put({"a" * 64: {"text": "one\x00"}})
    store.put({"a" * 64: {"text": "two"}, "b" * 64: {"text": "three"}})
    found = store.get(["a" * 64, "b" * 64, "c" * 64])
    assert found == {"a" * 64: {"text": "one"}, "b" * 64: {"text": "three"}}


@pytest.mark.django_db
def test_the_sweeper_deletes_old_results_a_few_at_a_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.generation.services.results.MOST_DELETED", 2)
    StoredResults().put({letter * 64: {"text": letter} for letter in "abcd"})
    for days, letter in enumerate("abcd"):
        CachedResult.objects.filter(sha256=letter * 64).update(created_at=timezone.now() - timedelta(days=100 - days))
    settings.GENERATION_RESULT_DAYS = 0
    sweep_leases()
    assert CachedResult.objects.count() == 4
    settings.GENERATION_RESULT_DAYS = 97.5
    for left in ("cd", "d", "d"):
        sweep_leases()
        assert sorted(CachedResult.objects.values_list("sha256", flat=True)) == [letter * 64 for letter in left]


@pytest.mark.django_db(transaction=True)
def test_a_server_that_was_gone_is_asked_anew_who_it_is(
    cast: Cast, revision: PipelineRevision, model: CountingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> list[Result | Failure]:
        raise ModelUnavailable("gone")

    loaded: list[str] = []

    def load(spec: ModelSpec, model_dir: Path) -> CountingModel:
        loaded.append(spec.source)
        return model

    remote = Engine(name="counting", load=load, in_process=False)
    monkeypatch.setattr("inference.residents._held", {})
    monkeypatch.setattr("inference.residents.engines", lambda: {**known.engines(), "counting": remote})
    monkeypatch.setattr(model, "generate", gone)
    run = make_run(make_bucket(cast.researcher, tasks=1), revision, done=False)
    for times in (1, 2):
        drain_run(run_public_id=run.public_id, worker="here:1")
        assert loaded == ["./a"] * times


@pytest.mark.django_db
def test_a_database_that_does_not_answer_costs_a_generation_not_an_answer() -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise Error("gone")

    with connection.execute_wrapper(broken):
        assert StoredResults().get(["a" * 64]) == {}
        StoredResults().put({"a" * 64: {"text": "one"}})
