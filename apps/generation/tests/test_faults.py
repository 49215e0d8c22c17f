"""One fault at a time against real workers: what it costs, and whom it leaves alone."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app

from apps.buckets.models import Image
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, Worker, WorkerState
from apps.generation.queries import check_run
from apps.generation.services import cancel_run, start_run
from apps.generation.tests.faults import ENVIRONMENT, wait_for
from apps.pipelines.services import create_pipeline
from apps.pipelines.tests.makers import make_revision
from inference.tests.makers import make_text_model
from inference.tests.servers import completion, serving
from tests.waiting import wait_until

if TYPE_CHECKING:
    from apps.generation.models import Run
    from conftest import Cast, StartWorker

pytestmark = pytest.mark.worker
PIPELINE = """
name: {name}
models:
  llm: {model}
steps:
  - id: answer
    uses: generate
    model: llm
    in: {{instruction: $inputs.instruction}}
    prompt: {{user: "{{{{ instruction }}}}"}}
    sampling: {{temperature: 0.0, max_tokens: 4}}
output: $answer.text
"""


def begin(cast: Cast, *instructions: str, **spec: Any) -> Run:
    """A run of the tests' own runner."""
    revision = make_revision(cast.researcher, name=str(spec), spec=spec)
    return start_over(cast, revision, *instructions)


def begin_pipeline(cast: Cast, name: str, model: str, *instructions: str) -> Run:
    """A run of the product's own runner."""
    source = PIPELINE.format(name=name, model=model)
    revision = create_pipeline(actor=cast.researcher, name=name, description="", source=source)
    return start_over(cast, revision, *instructions)


def start_over(cast: Cast, revision: Any, *instructions: str, images: int = 0) -> Run:
    bucket = make_bucket(cast.researcher, name=f"For {revision}", tasks=len(instructions), images=images)
    for position, instruction in enumerate(instructions):
        bucket.tasks.filter(position=position).update(instruction=instruction)
    return start_run(actor=cast.researcher, bucket=bucket, revision=revision)


def answers(run: Run) -> list[Answer]:
    return list(run.answers.order_by("task__position"))


def states(run: Run) -> list[str]:
    return [answer.state for answer in answers(run)]


def holds(*runs: Run) -> bool:
    return all(invariant.holds for run in runs for invariant in check_run(run))


def test_what_one_task_does_harms_no_other(cast: Cast, live_worker: StartWorker, tmp_path: Path) -> None:
    """A model that raises, one that runs out of memory, an endpoint that hangs, a disk that is full."""
    released = threading.Event()

    def hang(number: int, body: dict[str, Any]) -> Any:
        if "hang" in str(body["messages"]):
            released.wait(60)
        return completion("well")

    with serving() as server:
        server.answer = hang
        storage = "apps.generation.tests.storages.SpoolingStorage"
        live_worker(**ENVIRONMENT, MODEL_ENDPOINTS=f"slow={server.url}", STORAGE_BACKEND=storage)
        local = f'{{engine: transformers, source: "{make_text_model(tmp_path / "model")}", device: cpu, batch_size: 8}}'
        model = begin_pipeline(cast, "Model", local, *["red", "blue", "the cat", "one", "a dog", "two", "three"])
        remote = "{engine: openai, source: m, endpoint: slow, timeout_seconds: 0.5, deadline_seconds: 0.5}"
        endpoint = begin_pipeline(cast, "Endpoint", remote, "red", "hang", "blue", "one")
        revision = make_revision(cast.researcher, name="Pictures", spec={"plain": True})
        pictures = start_over(cast, revision, *["red", "green", "blue"], images=1)
        green = Image.objects.get(task_images__task__bucket=pictures.bucket, task_images__task__position=1)
        full = Path(f"{green.file.path}.full")
        full.touch()

        wait_for(model)
        check_model(model)
        wait_until(lambda: states(pictures)[::2] == [AnswerState.DONE] * 2)
        check_full_disk(pictures)
        full.unlink()
        wait_for(pictures, endpoint)
        released.set()
    assert states(pictures) == [AnswerState.DONE] * 3, "there is room again"
    check_endpoint(endpoint)
    assert holds(model, endpoint, pictures)


def check_model(run: Run) -> None:
    """Halving leaves the two culprits alone: one batch of seven became smaller ones."""
    assert [position for position, state in enumerate(states(run)) if state != AnswerState.DONE] == [2, 4]
    cat, dog = (answers(run)[position] for position in (2, 4))
    assert (cat.state, cat.error_kind, "no cats, please" in cat.error) == (AnswerState.FAILED, "model", True)
    assert (dog.state, dog.error_kind) == (AnswerState.FAILED, "out_of_memory")
    assert {answer.attempt for answer in answers(run)} == {1}
    assert all(answer.trace[0]["batch_size"] < 7 for answer in answers(run) if answer.state == AnswerState.DONE)


def check_full_disk(run: Run) -> None:
    """Its neighbours are answered; it has failed for now, once or, when they took their time, again."""
    green = answers(run)[1]
    assert (green.failures > 0, green.error_kind) == (True, "transient")
    assert "No space left on device" in green.error
    assert "TMPDIR" in green.error


def check_endpoint(run: Run) -> None:
    assert states(run) == [AnswerState.DONE, AnswerState.FAILED, AnswerState.DONE, AnswerState.DONE]
    hung = answers(run)[1]
    assert (hung.error_kind, hung.failures, hung.text) == ("timeout", 3, None)
    assert [answer.attempt for answer in answers(run)] == [1, 3, 1, 1]


def test_doubled_messages_a_cancel_and_a_kill_while_the_model_loads(cast: Cast, live_worker: StartWorker) -> None:
    workers = [live_worker(**ENVIRONMENT), live_worker(**ENVIRONMENT)]
    wait_until(lambda: Worker.objects.count() == 2)
    doubled = begin(cast, *["Question?"] * 24, seconds=0.3)
    for _ in range(6):
        current_app.send_task("generation.drain", args=[str(doubled.public_id)], queue="cpu")
    wait_for(doubled)
    assert {(answer.state, answer.attempt) for answer in answers(doubled)} == {(AnswerState.DONE, 1)}
    assert len({answer.worker for answer in answers(doubled)}) == 2, "both worked, on different answers"

    endless = begin(cast, *["Question?"] * 6, seconds=600.0)
    wait_until(lambda: AnswerState.RUNNING in states(endless))
    cancel_run(actor=cast.researcher, run=endless)
    wait_until(lambda: not Worker.objects.exclude(state=WorkerState.IDLE).exists())
    assert set(states(endless)) == {AnswerState.CANCELLED}

    loading = begin(cast, *["Question?"] * 6, load_seconds=4.0)
    wait_until(lambda: Worker.objects.filter(state=WorkerState.LOADING, run=loading).exists())
    for worker in Worker.objects.filter(state=WorkerState.LOADING, run=loading):
        os.kill(worker.pid, signal.SIGKILL)
    wait_for(loading)
    assert {(answer.state, answer.attempt, answer.failures) for answer in answers(loading)} == {
        (AnswerState.DONE, 1, 0)
    }
    assert holds(doubled, endless, loading)
    assert [worker.exit_code for worker in workers] == [None, None], "only their children died"
