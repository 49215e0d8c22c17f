"""A worker's turn, with a runner that does what the instruction's first word says."""

from __future__ import annotations

import itertools
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from apps.buckets.models import Image, Task
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState, Run
from apps.generation.services import cancel_run, drain_run, inputs, lane, leases
from apps.generation.services.drain import EXIT_UNUSABLE
from apps.generation.services.resident import resident_runner
from apps.generation.tests.faults import cut_off
from apps.generation.tests.makers import make_run
from apps.generation.tests.runners import TestBatch, TestRunner
from apps.pipelines.tests.makers import make_revision

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile
    from pytest_django.fixtures import Settings

    from apps.buckets.models import Bucket
    from apps.pipelines.models import PipelineRevision
    from conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)  # as in a worker: no transaction around the turn


def make_waiting_run(cast: Cast, *instructions: str, images: int = 0, spec: dict[str, object] | None = None) -> Run:
    bucket = make_bucket(cast.researcher, tasks=len(instructions), images=images)
    for position, instruction in enumerate(instructions):
        Task.objects.filter(bucket=bucket, position=position).update(instruction=instruction)
    return make_run(bucket, make_revision(cast.researcher, spec=spec), done=False)


def drain(run: Run, turn_seconds: float = 5.0) -> None:
    drain_run(run_public_id=run.public_id, worker="here:1", turn_seconds=turn_seconds)


def drain_in_a_thread(run: Run) -> None:
    drain(run)
    connection.close()


def skip_pauses() -> None:
    Answer.objects.update(not_before=None)


def rows(run: Run) -> list[Answer]:
    return list(Answer.objects.filter(run=run).order_by("pk"))


def runner_of(run: Run) -> TestRunner:
    runner = resident_runner(run.revision)
    assert isinstance(runner, TestRunner)
    return runner


def test_a_turn_answers_everything_in_batches(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(6)))
    drain(run)
    assert [len(batch) for batch in runner_of(run).batches] == [4, 2]
    first = rows(run)[0]
    assert {answer.state for answer in rows(run)} == {AnswerState.DONE}
    assert (first.text or "").startswith("Question 0? by ")
    assert (first.trace[0]["prompt"], first.finish_reason) == ("<b>Question 0?</b>", "stop")
    assert (first.worker, first.attempt) == ("here:1", 1)


def test_pictures_come_as_files_on_this_machine(cast: Cast) -> None:
    run = make_waiting_run(cast, "What is it?", images=2)
    drain(run)
    [[task]] = runner_of(run).batches
    assert len(task.images) == 2
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in task.images)


def test_a_storage_that_raises_its_own_error_fails_a_task_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    class ClientError(Exception):
        """As botocore's: no OSError."""

    def local_path(file: FieldFile, folder: object) -> Path:
        if file.instance == denied:
            raise ClientError("AccessDenied when calling GetObject")
        return Path(file.path)

    run = make_waiting_run(cast, "One?", "Two?", images=1)
    denied = Image.objects.get(task_images__task__position=0)
    monkeypatch.setattr(inputs, "_local_path", local_path)
    drain(run)
    lost, fine = rows(run)
    assert (lost.state, lost.failures, fine.state) == (AnswerState.WAITING, 1, AnswerState.DONE)
    assert "AccessDenied" in lost.error


def test_a_picture_that_is_not_on_this_machine_fails_its_task_alone(cast: Cast) -> None:
    run = make_waiting_run(cast, "What is it?", "And this?", images=1)
    image = Task.objects.get(instruction="What is it?").images.get()
    image.file.delete(save=False)
    drain(run)
    lost, fine = rows(run)
    assert (lost.state, lost.error_kind, fine.state) == (AnswerState.WAITING, "transient", AnswerState.DONE)
    assert "All workers must share the storage" in lost.error


def test_one_bad_task_fails_alone_with_its_cause(cast: Cast) -> None:
    run = make_waiting_run(cast, "unreadable picture", "Fine?", "busy server")
    drain(run)
    bad, fine, busy = rows(run)
    assert (bad.state, bad.error_kind, bad.text) == (AnswerState.FAILED, "input", None)
    assert fine.state == AnswerState.DONE
    assert (busy.state, busy.failures) == (AnswerState.WAITING, 1)


def test_an_empty_answer_is_kept_and_flagged(cast: Cast) -> None:
    run = make_waiting_run(cast, "silent one", "nul inside")
    drain(run)
    silent, nul = rows(run)
    assert (silent.state, silent.text, silent.is_empty) == (AnswerState.DONE, "", True)
    assert nul.text is not None
    assert nul.text.startswith("ab")


def test_a_runner_that_falls_over_fails_the_culprit_and_spares_the_others(cast: Cast) -> None:
    run = make_waiting_run(cast, "One?", "raise an error", "Two?")
    for _ in range(4):
        drain(run)
        skip_pauses()
    one, culprit, two = rows(run)
    assert (one.state, two.state) == (AnswerState.DONE, AnswerState.DONE)
    assert (culprit.state, culprit.error) == (AnswerState.FAILED, "RuntimeError: the runner fell over")


def test_a_lost_device_ends_the_process_after_its_batch_is_noted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "_exit", sys.exit)
    run = make_waiting_run(cast, "One?", "device lost")
    with pytest.raises(SystemExit, match=str(EXIT_UNUSABLE)):
        drain(run)
    assert {(answer.state, answer.failures) for answer in rows(run)} == {(AnswerState.WAITING, 1)}


def test_a_batch_that_outlives_its_job_is_tried_again_one_by_one(cast: Cast) -> None:
    run = make_waiting_run(cast, "One?", "endless writing")
    drain(run)
    assert {(answer.error_kind, answer.failures) for answer in rows(run)} == {("timeout", 1)}
    for _ in range(4):
        skip_pauses()
        drain(run)
    one, endless = rows(run)
    assert (one.state, endless.state, endless.error_kind) == (AnswerState.DONE, AnswerState.FAILED, "timeout")


@pytest.mark.parametrize("moment", ["unloadable", "unavailable"])
def test_a_model_that_can_not_be_loaded_pauses_the_run_and_costs_no_attempt(cast: Cast, moment: str) -> None:
    """Whether it shows when the runner is made, or at its first batch."""
    run = make_waiting_run(cast, "One?", "Two?", spec={moment: "no such folder: x"})
    drain(run)
    run.refresh_from_db()
    assert run.problem == "no such folder: x"
    assert run.problem_at is not None
    assert {(answer.state, answer.failures) for answer in rows(run)} == {(AnswerState.WAITING, 0)}


def test_the_next_success_clears_the_problem(cast: Cast) -> None:
    run = make_waiting_run(cast, "One?")
    Run.objects.update(problem="no such folder", problem_at=timezone.now())
    drain(run)
    run.refresh_from_db()
    assert (run.problem, run.problem_at) == ("", None)


def test_a_turn_that_ends_with_work_left_wakes_the_next(cast: Cast, hints: list[str]) -> None:
    run = make_waiting_run(cast, *(["Question?"] * 6), spec={"seconds": 0.05})
    drain(run, turn_seconds=0.01)
    assert [answer.state for answer in rows(run)].count(AnswerState.WAITING) == 2
    assert hints == [str(run.public_id)]
    drain(run)
    assert len(hints) == 1


def test_one_runner_is_kept_for_the_last_revision_and_its_files(
    cast: Cast, revision: PipelineRevision, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(bucket, revision, done=False)
    kept = runner_of(run)
    assert runner_of(run) is kept
    monkeypatch.setattr("inference.models.replaced.folder_states", lambda *_: (("./a/weights", 1, 2, 3),))
    assert runner_of(run) is not kept
    kept = runner_of(run)
    other = make_revision(cast.researcher, number=2)
    assert resident_runner(other) is not kept


def test_a_long_batch_keeps_its_leases(cast: Cast, settings: Settings) -> None:
    settings.GENERATION_LEASE_SECONDS = 0.6
    run = make_waiting_run(cast, "Slow?", spec={"seconds": 1.5})
    drain(run)
    [answer] = rows(run)
    assert (answer.state, answer.attempt) == (AnswerState.DONE, 1)


def test_a_cancel_is_noticed_while_a_batch_runs(cast: Cast) -> None:
    run = make_waiting_run(cast, *(["Slow?"] * 5), spec={"seconds": 20})
    worker = threading.Thread(target=drain_in_a_thread, args=[run])
    worker.start()
    while not Answer.objects.filter(state=AnswerState.RUNNING).exists():
        time.sleep(0.02)
    cancel_run(actor=cast.researcher, run=run)
    worker.join(timeout=10)
    assert not worker.is_alive()
    assert {answer.state for answer in rows(run)} == {AnswerState.CANCELLED}


def test_a_database_lost_between_two_steps_costs_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two batches in hand: the one is asked for its next step, then more is claimed over a connection that is gone."""
    monkeypatch.setattr(leases, "RETRY_SECONDS", 0.01)
    run = make_waiting_run(cast, *(["Question?"] * 12), spec={"passes": 2})
    advance, lost = TestBatch.advance, itertools.chain([True, True], itertools.repeat(False))

    def advance_and_lose(batch: TestBatch) -> None:
        advance(batch)
        if next(lost):
            cut_off()

    monkeypatch.setattr(TestBatch, "advance", advance_and_lose)
    drain(run)
    assert {(answer.state, answer.attempt, answer.failures) for answer in rows(run)} == {(AnswerState.DONE, 1, 0)}


def test_a_database_that_stays_away_leaves_no_lease_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be given back is the sweeper's; a thread that went on keeping it would hold it for ever."""

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    run = make_waiting_run(cast, *(["Question?"] * 12), spec={"passes": 2})
    monkeypatch.setattr(lane, "release_answers", gone)
    monkeypatch.setattr(TestBatch, "advance", lambda batch: gone())
    monkeypatch.setattr(lane.ClaimedBatch, "guarded", lambda claimed, work: work())
    with pytest.raises(OperationalError):
        drain(run)
    assert "leases" not in {thread.name for thread in threading.enumerate()}


def test_a_device_lost_while_a_model_loads_ends_the_process(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "_exit", sys.exit)
    run = make_waiting_run(cast, "One?", spec={"device": "lost"})
    with pytest.raises(SystemExit, match=str(EXIT_UNUSABLE)):
        drain(run)
    run.refresh_from_db()
    assert run.problem == ""
    assert {(answer.state, answer.attempt) for answer in rows(run)} == {(AnswerState.WAITING, 0)}
