"""The runner: see `inference.contracts.BatchRunner`. Goes step by step over the whole batch, so models run full."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inference.components import components
from inference.contracts import BatchRunner, Failure, Outcome, StepRecord, TaskInput
from inference.declare import Cancelled, Component, Model, Resources, StepInput, StepOutput, StepRunner
from inference.engines import engines
from inference.errors import ModelUnavailable, must_pass
from inference.spec.checks import options_of
from inference.spec.model import PipelineSpec, StepSpec

BATCH_WITHOUT_MODEL = 16
CANCELLED = Failure("cancelled", "The run was cancelled before this answer was written.", retryable=True)


def make_runner(spec: PipelineSpec, *, model_dir: Path) -> BatchRunner:
    """Loads every model and index that the pipeline needs. Raises ModelUnavailable, so call it before claiming tasks.

    `model_dir` keeps converted models, downloads and indexes; it may be shared by processes of one machine.
    """
    models = {name: engines()[model.engine].load(model, model_dir) for name, model in spec.models.items()}
    steps = [prepare_step(step, models, model_dir) for step in spec.steps]
    sizes = [model.batch_size for model in spec.models.values()]
    return PipelineRunner(steps, spec.output, max(sizes, default=BATCH_WITHOUT_MODEL))


@dataclass(frozen=True)
class PreparedStep:
    spec: StepSpec
    component: Component
    run: StepRunner


def prepare_step(step: StepSpec, models: Mapping[str, Model], model_dir: Path) -> PreparedStep:
    component = components()[step.uses]
    model = models[step.model] if step.model is not None else None
    if model is not None and not model.reads_images and "images" in step.inputs and component.samples:
        raise ModelUnavailable(
            f"Step {step.id} hands pictures to {step.model}, which reads text only; take “images” out of “in:” or "
            "choose a model that reads pictures."
        )
    run = component.build(step, options_of(component, step), Resources(model, model_dir))
    return PreparedStep(step, component, run)


@dataclass
class Work:
    """One task on its way through the steps."""

    task: TaskInput
    values: dict[str, Mapping[str, Any]]
    trace: list[StepRecord] = field(default_factory=list)
    failure: Failure | None = None

    def resolve(self, reference: str) -> Any:
        source, _, port = reference.removeprefix("$").partition(".")
        return self.values[source][port]


@dataclass
class PipelineRunner:
    steps: Sequence[PreparedStep]
    output: str
    batch_size: int

    def run(self, tasks: list[TaskInput], *, seed: int, cancelled: Callable[[], bool] = lambda: False) -> list[Outcome]:
        works = [Work(task, {"inputs": inputs_of(task)}) for task in tasks]
        for step in self.steps:
            going = [work for work in works if work.failure is None]
            if going and cancelled():
                for work in going:
                    work.failure = CANCELLED
            elif going:
                run_step(step, going, seed, cancelled)
        return [self.outcome(work) for work in works]

    def outcome(self, work: Work) -> Outcome:
        text = None if work.failure else str(work.resolve(self.output))
        return Outcome(work.task.id, text, work.failure, tuple(work.trace))


def inputs_of(task: TaskInput) -> dict[str, Any]:
    return {"instruction": task.instruction, "language": task.language, "images": list(task.images)}


def run_step(step: PreparedStep, works: Sequence[Work], run_seed: int, cancelled: Cancelled) -> None:
    inputs = [step_input(step.spec, work, run_seed) for work in works]
    started = time.perf_counter()
    results = isolated(step.run, inputs, cancelled)
    shared_ms = round((time.perf_counter() - started) * 1000 / len(works))
    for work, given, result in zip(works, inputs, results, strict=True):
        if isinstance(result, Failure):
            work.failure = result
        else:
            work.values[step.spec.id] = result.outputs
            work.trace.append(record_of(step.spec, given, result, shared_ms))


def isolated(run: StepRunner, inputs: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
    """Components answer for each item by themselves; should one raise after all, the items go one by one."""
    try:
        return run(inputs, cancelled)
    except Exception as fault:
        if must_pass(fault):
            raise
        if len(inputs) == 1:
            return [Failure("bug", f"{type(fault).__name__}: {fault}", retryable=False)]
    return [result for given in inputs for result in isolated(run, [given], cancelled)]


def step_input(step: StepSpec, work: Work, run_seed: int) -> StepInput:
    values = {name: work.resolve(reference) for name, reference in step.inputs.items()}
    return StepInput(values, work.task.language, step_seed(run_seed, work.task.id, step.id))


def step_seed(run_seed: int, task_id: str, step_id: str) -> int:
    """48 bits, the same for both pipelines of a comparison: common random numbers take noise out of the difference."""
    digest = hashlib.sha256(f"{run_seed}\n{task_id}\n{step_id}".encode()).digest()
    return int.from_bytes(digest[:6], "big")


def record_of(step: StepSpec, given: StepInput, result: StepOutput, shared_ms: int) -> StepRecord:
    facts: dict[str, Any] = {"latency_ms": shared_ms, **result.facts}
    return StepRecord(
        step=step.id, uses=step.uses, input=storable(given.values), output=storable(result.outputs), **facts
    )


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values: a picture is its file's name."""
    return {
        name: [item.name if isinstance(item, Path) else item for item in value] if isinstance(value, list) else value
        for name, value in values.items()
    }
