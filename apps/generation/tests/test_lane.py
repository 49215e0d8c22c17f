"""Two batches in hand: reading and searching for one while the model works for the other, and nothing is kept."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from apps.buckets.models import Task, TaskImage
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import Answer, AnswerState
from apps.generation.services import cancel_run, claim_answers, start_run
from apps.generation.services.lane import open_lane
from apps.generation.tests.test_drain import make_waiting_run, skip_pauses
from apps.pipelines.tests.makers import make_revision
from inference.contracts import Failure, OnStep, Outcome, StepRecord, TaskInput, unheard
from inference.errors import ModelUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.generation.models import Run
    from conftest import Cast

pytestmark = pytest.mark.django_db(transaction=True)
SIDE, MODEL = False, True
STEPS = [SIDE, SIDE, MODEL, SIDE, MODEL]


@dataclass
class StagedBatch:
    """Steps of 50 ms; a step may wait for another thing to happen first, or raise."""

    runner: StagedRunner
    tasks: list[TaskInput]
    cancelled: Callable[[], bool]
    step: int = 0

    @property
    def is_done(self) -> bool:
        return self.step == len(STEPS)

    @property
    def needs_model(self) -> bool:
        return not self.is_done and STEPS[self.step]

    def advance(self) -> None:
        if self.cancelled():
            self.step = len(STEPS)
            return
        kind, began = STEPS[self.step], time.monotonic()
        if self.step == self.runner.raises_at[0]:
            raise self.runner.raises_at[1]
        if kind == MODEL:
            self.runner.meet(self.tasks[0].id)
        time.sleep(0.05)
        self.runner.log.append((kind, self.tasks[0].id, began, time.monotonic(), threading.get_ident()))
        self.step += 1

    def outcomes(self) -> list[Outcome]:
        lost = Failure("cancelled", "no longer wanted", retryable=True) if self.cancelled() else None
        text = None if lost else "said"
        record = StepRecord(step="a", uses="test", input={}, output="said", latency_ms=1)
        return [Outcome(task.id, text, lost, (record,)) for task in self.tasks]


@dataclass
class StagedRunner:
    batch_size: int = 2
    overlaps: bool = True
    is_remote: bool = False
    raises_at: tuple[int, BaseException] = (-1, RuntimeError())
    log: list[tuple[bool, str, float, float, int]] = field(default_factory=list)
    met: threading.Event | None = None
    asking: set[str] = field(default_factory=set)

    def meet(self, batch: str) -> None:
        """With `met`: the first batch that asks a server waits for another one to ask, too."""
        self.asking.add(batch)
        if self.met is None:
            return
        if len(self.asking) > 1:
            self.met.set()
        self.met.wait(10)

    def start(
        self,
        tasks: list[TaskInput],
        *,
        seed: int,
        cancelled: Callable[[], bool] = lambda: False,
        on_step: OnStep = unheard,
    ) -> StagedBatch:
        return StagedBatch(self, tasks, cancelled)

    def run(
        self,
        tasks: list[TaskInput],
        *,
        seed: int,
        cancelled: Callable[[], bool] = lambda: False,
        on_step: OnStep = unheard,
    ) -> list[Outcome]:
        raise NotImplementedError


def drain(run: Run, runner: StagedRunner) -> None:
    with open_lane(run, runner, "here:1") as lane:
        lane.fill()
        while lane.batches:
            lane.step()
            lane.fill()


def overlap(one: tuple[bool, str, float, float, int], other: tuple[bool, str, float, float, int]) -> bool:
    return one[2] < other[3] and other[2] < one[3]


def test_the_model_never_waits_for_search_and_is_used_by_one_thread(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(8)))
    runner = StagedRunner()
    drain(run, runner)
    assert {answer.state for answer in run.answers.all()} == {AnswerState.DONE}
    models = sorted((entry for entry in runner.log if entry[0] == MODEL), key=lambda entry: entry[2])
    sides = [entry for entry in runner.log if entry[0] == SIDE]
    assert {entry[4] for entry in models} == {threading.get_ident()}
    assert not any(overlap(one, other) for one in sides for other in sides if one is not other)
    ahead = [model for model in models if any(overlap(model, side) and model[1] != side[1] for side in sides)]
    assert len(ahead) >= len(models) - 2


def test_servers_are_asked_for_several_batches_at_once_and_search_is_not(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(8)))
    runner = StagedRunner(is_remote=True, met=threading.Event())
    with open_lane(run, runner, "here:1") as lane:
        lane.fill()
        assert run.answers.filter(state=AnswerState.RUNNING).count() == 8
    drain(run, runner)
    assert {(answer.state, answer.attempt) for answer in run.answers.all()} == {(AnswerState.DONE, 2)}
    sides, models = ([entry for entry in runner.log if entry[0] == kind] for kind in (SIDE, MODEL))
    assert not any(overlap(one, other) for one in sides for other in sides if one is not other)
    assert any(overlap(one, other) for one in models for other in models if one[1] != other[1])
    assert threading.get_ident() not in {entry[4] for entry in runner.log}


def test_a_server_that_is_gone_for_one_of_several_batches_costs_none_an_attempt(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(8)))
    with pytest.raises(ModelUnavailable):
        drain(run, StagedRunner(is_remote=True, raises_at=(2, ModelUnavailable("gone"))))
    assert {(answer.state, answer.failures) for answer in run.answers.all()} == {(AnswerState.WAITING, 0)}


def test_what_was_claimed_is_given_back_when_its_batch_can_not_begin(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(StagedRunner, "start", refuse)
    run = make_waiting_run(cast, "Question?")
    with pytest.raises(RuntimeError, match="new thread"):
        drain(run, StagedRunner())
    assert {(answer.state, answer.failures) for answer in run.answers.all()} == {(AnswerState.WAITING, 0)}


def test_alike_tasks_are_claimed_together_the_longest_first(cast: Cast) -> None:
    bucket = make_bucket(cast.researcher, tasks=4)
    for position, instruction in enumerate(["Short?", "A longer one?", "Picture?", "The very longest of all?"]):
        Task.objects.filter(bucket=bucket, position=position).update(instruction=instruction)
    other = make_bucket(cast.researcher, name="Pictures", tasks=1, images=1)
    TaskImage.objects.create(
        task=bucket.tasks.get(position=2), image=other.tasks.get().task_images.get().image, position=0
    )
    run = start_run(actor=cast.researcher, bucket=bucket, revision=make_revision(cast.researcher))
    claimed = claim_answers(run, worker="here:1", batch_size=3)
    assert [answer.task.key for answer in claimed] == ["t3", "t1", "t0"]


def test_at_most_one_batch_is_claimed_ahead_and_none_where_nothing_is_gained(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(8)))
    for overlaps, held in ((True, 4), (False, 2)):
        with open_lane(run, StagedRunner(overlaps=overlaps), "here:1") as lane:
            lane.fill()
            assert run.answers.filter(state=AnswerState.RUNNING).count() == held
        assert not run.answers.filter(state=AnswerState.RUNNING).exists()


def test_what_was_claimed_ahead_is_given_back_when_the_model_can_not_be_had(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(4)))
    with pytest.raises(ModelUnavailable):
        drain(run, StagedRunner(raises_at=(2, ModelUnavailable("gone"))))
    assert {(answer.state, answer.failures) for answer in run.answers.all()} == {(AnswerState.WAITING, 0)}


def test_a_step_beside_that_raises_fails_its_own_batch(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(4)))
    drain(run, StagedRunner(raises_at=(1, RuntimeError("no index"))))
    assert {(a.state, a.failures, a.error) for a in run.answers.all()} == {
        (AnswerState.WAITING, 1, "RuntimeError: no index")
    }
    skip_pauses()
    drain(run, StagedRunner())
    assert {answer.state for answer in run.answers.all()} == {AnswerState.DONE}


def test_a_cancelled_run_keeps_nothing_claimed(cast: Cast) -> None:
    run = make_waiting_run(cast, *(f"Question {n}?" for n in range(4)))
    with open_lane(run, StagedRunner(), "here:1") as lane:
        lane.fill()
        lane.step()
        cancel_run(actor=cast.researcher, run=run)
        while lane.batches:
            lane.step()
            lane.fill()
    assert {answer.state for answer in Answer.objects.all()} == {AnswerState.CANCELLED}
