"""The runner: see `inference.contracts.BatchRunner`. Goes step by step over the whole batch, so models run full."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inference.cache import CachedModel
from inference.components import components
from inference.contracts import BatchRunner, Failure, OnStep, Outcome, ResultStore, StepRecord, TaskInput, unheard
from inference.declare import Cancelled, Component, Model, Resources, StepInput, StepOutput, StepRunner
from inference.engines import engines
from inference.errors import ModelUnavailable, must_pass
from inference.residents import load_models
from inference.spec.checks import options_of
from inference.spec.model import ModelSpec, PipelineSpec, StepSpec

BATCH_WITHOUT_MODEL = 16
CANCELLED = Failure("cancelled", "The run was cancelled before this answer was written.", retryable=True)


def make_runner(spec: PipelineSpec, *, model_dir: Path, store: ResultStore | None = None) -> BatchRunner:
    """Loads every model and index that the pipeline needs. Raises ModelUnavailable, so call it before claiming tasks.

    `model_dir` keeps converted models, downloads and indexes; it may be shared by processes of one machine. With a
    `store`, no model is asked twice for the same text.
    """
    models = load_models(spec.models, model_dir)
    if store is not None:
        models = {name: CachedModel(model, store, at_once(spec.models[name])) for name, model in models.items()}
    steps = [prepare_step(step, models, model_dir) for step in spec.steps]
    sizes = [at_once(model) for model in spec.models.values()]
    return PipelineRunner(steps, spec.output, max(sizes, default=BATCH_WITHOUT_MODEL), is_remote=is_remote(spec))


def at_once(model: ModelSpec) -> int:
    """How many requests keep the model full."""
    return max(model.batch_size, model.concurrency or 1)


def is_remote(spec: PipelineSpec) -> bool:
    """Whether steps ask models, and none of them is in this process."""
    asked = {spec.models[step.model].engine for step in spec.steps if step.model is not None}
    return bool(asked) and asked <= {name for name, engine in engines().items() if not engine.in_process}


@dataclass(frozen=True)
class PreparedStep:
    spec: StepSpec
    component: Component
    run: StepRunner

    @property
    def needs_model(self) -> bool:
        return self.spec.model is not None


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
    is_remote: bool = False

    @property
    def overlaps(self) -> bool:
        return len({step.needs_model for step in self.steps}) > 1

    def start(
        self, tasks: list[TaskInput], *, seed: int, cancelled: Cancelled = lambda: False, on_step: OnStep = unheard
    ) -> "PipelineBatch":
        works = [Work(task, {"inputs": inputs_of(task)}) for task in tasks]
        return PipelineBatch(self.steps, self.output, works, seed, cancelled, on_step)

    def run(
        self, tasks: list[TaskInput], *, seed: int, cancelled: Cancelled = lambda: False, on_step: OnStep = unheard
    ) -> list[Outcome]:
        batch = self.start(tasks, seed=seed, cancelled=cancelled, on_step=on_step)
        while not batch.is_done:
            batch.advance()
        return batch.outcomes()


@dataclass
class PipelineBatch:
    """See `inference.contracts.Batch`; `done` counts the steps that were run."""

    steps: Sequence[PreparedStep]
    output: str
    works: Sequence[Work]
    seed: int
    cancelled: Cancelled
    on_step: OnStep
    done: int = 0

    @property
    def is_done(self) -> bool:
        return self.done == len(self.steps) or not self.going

    @property
    def going(self) -> list[Work]:
        return [work for work in self.works if work.failure is None]

    @property
    def needs_model(self) -> bool:
        return not self.is_done and self.steps[self.done].needs_model

    def advance(self) -> None:
        step, going = self.steps[self.done], self.going
        if self.cancelled():
            for work in going:
                work.failure = CANCELLED
            return
        run_step(step, going, self.seed, self.cancelled)
        self.done += 1
        for work in going:
            if work.failure is None:
                self.on_step(work.task.id, work.trace[-1])

    def outcomes(self) -> list[Outcome]:
        return [self.outcome(work) for work in self.works]

    def outcome(self, work: Work) -> Outcome:
        text = str(work.resolve(self.output)) if self.is_done and work.failure is None else None
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
            work.trace.append(record_of(step, given, result, shared_ms))


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


def record_of(step: PreparedStep, given: StepInput, result: StepOutput, shared_ms: int) -> StepRecord:
    spec = step.spec
    facts: dict[str, Any] = {"latency_ms": shared_ms, **result.facts}
    if spec.sampling is not None and step.component.samples:
        facts.setdefault("sampling", spec.sampling.model_dump(mode="json"))
    return StepRecord(
        step=spec.id, uses=spec.uses, input=storable(given.values), output=storable(result.outputs), **facts
    )


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values: a picture is its file's name."""
    return {
        name: [item.name if isinstance(item, Path) else item for item in value] if isinstance(value, list) else value
        for name, value in values.items()
    }
