"""What goes into a pipeline and what comes out: plain values, no torch, no Django."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

ErrorKind = Literal["input", "model", "out_of_memory", "transient", "timeout", "cancelled", "bug"]


@dataclass(frozen=True)
class TaskInput:
    """One task. `id` comes back on the outcome and seeds the sampling, so it must be the same for the same task in the
    runs that are compared (the task's public id, not the answer's); `images` are files on this machine.
    """

    id: str
    instruction: str
    language: str
    images: tuple[Path, ...] = ()


@dataclass(frozen=True)
class StepRecord:
    """What one step saw and did for one task; times in milliseconds of wall clock, a batch's time shared evenly."""

    step: str
    uses: str
    input: Mapping[str, Any]
    output: Any
    latency_ms: int
    model: Mapping[str, Any] | None = None  # engine, id, revision or file hash, dtype, device, library versions
    prompt: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    finish_reason: str | None = None
    sampling: Mapping[str, Any] | None = None  # the parameters of a step that samples
    seed: int | None = None
    batch_size: int | None = None  # of the batch in which the model wrote it
    cached: bool | None = None  # True: the model was not asked again, `latency_ms` is the look-up's

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if value is not None}


@dataclass(frozen=True)
class Failure:
    """Why there is no text. `retryable` says whether the same input may succeed on another attempt."""

    kind: ErrorKind
    message: str
    retryable: bool


@dataclass(frozen=True)
class Outcome:
    """Either `text` or `failure`; the trace of the steps that ran either way.

    Tokens are those that models read and wrote for it: what came from a store cost none.
    """

    id: str
    text: str | None
    failure: Failure | None
    trace: tuple[StepRecord, ...] = field(default=())

    @property
    def prompt_tokens(self) -> int:
        return sum(step.prompt_tokens or 0 for step in self.trace if not step.cached)

    @property
    def completion_tokens(self) -> int:
        return sum(step.completion_tokens or 0 for step in self.trace if not step.cached)

    @property
    def latency_ms(self) -> int:
        return sum(step.latency_ms for step in self.trace)


OnStep = Callable[[str, StepRecord], None]


def unheard(task_id: str, record: StepRecord) -> None:
    """The default `on_step`: nobody listens."""


class Batch(Protocol):
    """A batch on its way through the steps. One thread at a time may advance it, not always the same one.

    Steps with a model belong in one thread, those without may run in another: `needs_model` says which is next. Only
    where `BatchRunner.is_remote`, steps with a model may run in as many threads as there are batches.
    """

    @property
    def is_done(self) -> bool: ...
    @property
    def needs_model(self) -> bool: ...
    def advance(self) -> None:
        """Run the next step over the whole batch; calls `on_step` for each task it served, in the same thread."""

    def outcomes(self) -> list[Outcome]:
        """In the order of the tasks; before the end `text` is None and the trace is what was recorded so far."""


class BatchRunner(Protocol):
    """Runs one pipeline, step by step, over a batch. Models stay loaded between calls; keeps the order of `tasks`.

    One task's error never fails its neighbours: it is that task's `Failure`. A model that can't be loaded raises
    `inference.errors.ModelUnavailable` before any task is touched. `run` is `start`, then `advance` to the end.
    `overlaps` says whether a second batch may gain time: there are steps with a model and steps without. `is_remote`:
    there are models, all of them in other processes, so that several batches keep them busier than one.
    """

    batch_size: int
    is_remote: bool

    @property
    def overlaps(self) -> bool: ...
    def start(
        self,
        tasks: list[TaskInput],
        *,
        seed: int,
        cancelled: Callable[[], bool] = lambda: False,
        on_step: OnStep = unheard,
    ) -> Batch: ...

    def run(
        self,
        tasks: list[TaskInput],
        *,
        seed: int,
        cancelled: Callable[[], bool] = lambda: False,
        on_step: OnStep = unheard,
    ) -> list[Outcome]: ...


class ResultStore(Protocol):
    """Keeps what models answered, by content hash (`inference.cache`). Used by several processes at once.

    Neither call raises: a store that is out of order finds nothing and keeps nothing.
    """

    def get(self, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The kept ones among `keys`."""

    def put(self, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep JSON objects; one that is there already stays as it is."""
