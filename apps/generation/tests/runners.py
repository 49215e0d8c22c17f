"""A tiny deterministic runner in place of models: a word in the instruction says what goes wrong with it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from celery.exceptions import SoftTimeLimitExceeded

from apps.generation.services.resident import build_runner
from inference import residents
from inference.contracts import (
    BatchRunner,
    ErrorKind,
    Failure,
    OnStep,
    Outcome,
    ResultStore,
    StepRecord,
    TaskInput,
    unheard,
)
from inference.errors import ModelUnavailable
from inference.tests.makers import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAILURES: dict[str, tuple[ErrorKind, bool]] = {
    "unreadable": ("input", False),
    "busy": ("transient", True),
    "memory": ("out_of_memory", True),
}


class AcceleratorError(Exception):
    """Named as torch's own, after which a process can't use its GPU any more."""


@dataclass
class TestBatch:
    """All of a runner's work in each step, all steps with a model."""

    __test__ = False
    run: Callable[[], list[Outcome]]
    steps_left: int = 1
    done: list[Outcome] = field(default_factory=list)
    needs_model: bool = True

    @property
    def is_done(self) -> bool:
        return self.steps_left == 0

    def advance(self) -> None:
        self.done = self.run()
        self.steps_left -= 1

    def outcomes(self) -> list[Outcome]:
        return self.done


@dataclass
class TestRunner:
    """Answers `<instruction> by <process id>`. Remembers the batches it was given."""

    __test__ = False
    seconds: float = 0.0
    batch_size: int = 4
    unavailable: str = ""
    steps: int = 1
    overlaps: bool = False
    is_remote: bool = False
    batches: list[list[TaskInput]] = field(default_factory=list)

    def start(
        self,
        tasks: list[TaskInput],
        *,
        seed: int,
        cancelled: Callable[[], bool] = lambda: False,
        on_step: OnStep = unheard,
    ) -> TestBatch:
        work = partial(self.run, tasks, seed=seed, cancelled=cancelled, on_step=on_step)
        return TestBatch(work, self.steps)

    def run(
        self,
        tasks: list[TaskInput],
        *,
        seed: int,
        cancelled: Callable[[], bool] = lambda: False,
        on_step: OnStep = unheard,
    ) -> list[Outcome]:
        if self.unavailable:
            raise ModelUnavailable(self.unavailable)
        self.batches.append(tasks)
        end = time.monotonic() + self.seconds
        while time.monotonic() < end and not cancelled():
            time.sleep(0.02)
        return [self._outcome(task, seed, cancelled=cancelled()) for task in tasks]

    def _outcome(self, task: TaskInput, seed: int, *, cancelled: bool) -> Outcome:
        word = task.instruction.split()[0]
        if word == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        if word == "device":
            raise AcceleratorError("device-side assert triggered")
        if word == "endless":
            raise SoftTimeLimitExceeded
        if word == "raise":
            raise RuntimeError("the runner fell over")
        if cancelled:
            return Outcome(task.id, None, Failure("cancelled", "no longer wanted", retryable=True))
        if word in FAILURES:
            kind, retryable = FAILURES[word]
            return Outcome(task.id, None, Failure(kind, f"{word}: {task.instruction}", retryable))
        text = {"silent": "", "nul": "a\x00b\ud800"}.get(word, f"{task.instruction} by {os.getpid()}")
        step = StepRecord(
            step="answer",
            uses="test",
            input={"instruction": task.instruction, "images": [str(path) for path in task.images]},
            output=text,
            latency_ms=12,
            prompt=f"<b>{task.instruction}</b>",
            prompt_tokens=5,
            completion_tokens=len(text.split()),
            finish_reason="length" if word == "long" else "stop",
            model={"id": "test/model", "revision": "1"},
            seed=seed,
        )
        return Outcome(task.id, text, None, trace=(step,))


def make_runner(spec: dict[str, Any], *, model_dir: Path, store: ResultStore | None = None) -> TestRunner:
    if spec.get("device") == "lost":
        raise AcceleratorError("device-side assert triggered")
    if spec.get("unloadable"):
        raise ModelUnavailable(str(spec["unloadable"]))
    time.sleep(spec.get("load_seconds", 0.0))
    seconds, size = spec.get("seconds", 0.0), spec.get("batch_size", 4)
    steps = spec.get("passes", 1)
    return TestRunner(seconds, size, unavailable=spec.get("unavailable", ""), steps=steps, overlaps=steps > 1)


def make_any_runner(spec: dict[str, Any], *, model_dir: Path, store: ResultStore | None = None) -> BatchRunner:
    """The product's own for a pipeline with steps; its local model runs out of memory at a dog and raises at a cat."""
    if "steps" not in spec:
        return make_runner(spec, model_dir=model_dir, store=store)
    runner = build_runner(spec, model_dir=model_dir, store=store)
    for model in residents._held.values():
        if hasattr(model, "weights"):
            make_sensitive(model.weights.model)
    return runner


def make_sensitive(model: Any) -> None:
    really = model.generate

    def generate(**inputs: Any) -> Any:
        tokens = {number for row in inputs["input_ids"].tolist() for number in row}
        if VOCABULARY.index("dog") in tokens:
            raise MemoryError
        if VOCABULARY.index("cat") in tokens:
            raise ValueError("no cats, please")
        return really(**inputs)

    model.generate = generate
