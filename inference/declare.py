"""What a component says about itself, and what passes between a step and its component. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from inference.contracts import Failure
    from inference.spec.model import ModelSpec, Sampling, StepSpec

Kind = Literal["text", "docs", "image"]  # docs: a list of Doc.as_json(); image: a list of files, maybe empty
Need = Literal["none", "optional", "required"]
Fault = tuple[str, str, dict[str, object]]  # key below the step, code of inference.spec.problems, facts


class Options(BaseModel):
    """Base of a component's `with:`; a component without options uses it as it is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Doc:
    """One found text. `score` is the engine's own, comparable within one result list only."""

    id: str
    title: str
    text: str
    score: float
    source: str

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class StepInput:
    """One task's values for one step; `seed` is drawn from run seed, task id and step id."""

    values: Mapping[str, Any]
    language: str
    seed: int


@dataclass(frozen=True)
class StepOutput:
    """`outputs` by port name; `facts` are further fields of StepRecord (prompt, tokens, model, …)."""

    outputs: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)


Cancelled = Callable[[], bool]
StepRunner = Callable[[Sequence[StepInput], Cancelled], "list[StepOutput | Failure]"]


@dataclass(frozen=True)
class Request:
    """One call of a model: a chat turn with zero or more pictures."""

    user: str
    system: str | None
    images: tuple[Path, ...]
    sampling: Sampling
    seed: int


@dataclass(frozen=True)
class Result:
    text: str
    finish_reason: Literal["stop", "length"]
    prompt: str  # as the model saw it, after the chat template
    prompt_tokens: int
    completion_tokens: int
    latency_ms: int  # the batch's wall clock, shared evenly
    batch_size: int
    cached: bool = False  # taken from a ResultStore: the model was not asked
    facts: Mapping[str, Any] = field(default_factory=dict)  # what only this call knows, e.g. a server's fingerprint


class Model(Protocol):
    """A loaded model. `generate` keeps the order and answers each request by itself: one's fault is its Failure.

    `describe` says what has to be the same for the same text to come out again (results are cached by it), so it never
    changes while the model is loaded. Only a server may turn out to be another; the call that finds it out raises
    ModelUnavailable instead of answering. What varies from call to call belongs in `Result.facts`.
    """

    reads_images: bool

    def generate(self, requests: Sequence[Request], cancelled: Cancelled) -> list[Result | Failure]: ...
    def count_tokens(self, text: str) -> int: ...
    def describe(self) -> Mapping[str, Any]: ...


def no_model_faults(spec: ModelSpec) -> Iterator[Fault]:
    yield from ()


@dataclass(frozen=True)
class Engine:
    """A way to run models: `load` raises ModelUnavailable. `in_process`: its models live in the worker's own memory.

    `keys` are the keys of ModelSpec that it reads beside `engine`, `source`, `revision` and `batch_size`; any other is
    a fault. `check` finds faults within them. `counts_tokens`: its models can count without generating.
    """

    name: str
    load: Callable[[ModelSpec, Path], Model]
    in_process: bool = True
    keys: frozenset[str] = frozenset()
    check: Callable[[ModelSpec], Iterator[Fault]] = no_model_faults
    counts_tokens: bool = True


@dataclass(frozen=True)
class Resources:
    """What a component may use when it is built: its model, if the step names one, and the folder for big files."""

    model: Model | None
    model_dir: Path


def no_faults(step: StepSpec, options: Any) -> Iterator[Fault]:
    yield from ()


@dataclass(frozen=True)
class Component:
    """A kind of step. `open_inputs` are the kinds that inputs of any further name may have.

    `build` is called once per runner and loads what the step needs (ModelUnavailable); `check` finds faults that the
    declaration can't express.
    """

    uses: str
    outputs: Mapping[str, Kind]
    build: Callable[[StepSpec, Any, Resources], StepRunner]
    options: type[BaseModel] = Options
    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    open_inputs: frozenset[Kind] = frozenset()
    needs_any_input: bool = False
    model: Need = "none"
    samples: bool = False  # takes `prompt:` and `sampling:`
    token_options: frozenset[str] = frozenset()  # those of `with:` that the model's tokenizer counts
    check: Callable[[StepSpec, Any], Iterator[Fault]] = no_faults
