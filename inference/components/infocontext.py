"""`infocontext`: what was read, seen and found, joined within a budget; what comes first in `order` is kept first.

`sources` are the documents that found room, so that a later step's record says what it was really given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from inference.contracts import Failure
from inference.declare import Cancelled, Component, Fault, Options, Resources, StepInput, StepOutput, StepRunner
from inference.spec.model import StepSpec

Budget = Annotated[int | None, Field(ge=1, le=1_000_000)]


class InfocontextOptions(Options):
    """Exactly one budget: tokens (counted by the step's model) or characters. `headings` stand above their inputs."""

    budget_tokens: Budget = None
    budget_characters: Budget = None
    order: list[str] = []
    headings: dict[str, str] = {}


def check(step: StepSpec, options: InfocontextOptions) -> Iterator[Fault]:
    if (options.budget_tokens is None) == (options.budget_characters is None):
        yield "with", "budget_one", {}
    if options.budget_tokens is not None and step.model is None:
        yield "with.budget_tokens", "budget_model", {}
    known = ", ".join(sorted(step.inputs))
    if options.order and sorted(options.order) != sorted(step.inputs):
        yield "with.order", "order_wrong", {"known": known}
    for name in options.headings.keys() - step.inputs.keys():
        yield f"with.headings.{name}", "unknown_key", {"known": known}


def build(step: StepSpec, options: InfocontextOptions, resources: Resources) -> StepRunner:
    size: Callable[[str], int] = len
    if options.budget_tokens is not None and resources.model is not None:
        size = resources.model.count_tokens
    budget = options.budget_tokens or options.budget_characters or 0
    order = options.order or sorted(step.inputs)

    def join(item: StepInput) -> StepOutput:
        lines = [line for name in order for line in lines_of(item.values[name], options.headings.get(name, ""))]
        kept = fit([line.text for line in lines], budget, size)
        text = "\n".join(kept)
        sources = [line.doc for line in lines[: len(kept)] if line.doc is not None]
        return StepOutput({"text": text, "sources": sources, "size": size(text), "left_out": len(lines) - len(kept)})

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        return [join(item) for item in items]

    return run


@dataclass(frozen=True)
class Line:
    """A line of the context, and the document that it is, if it is one."""

    text: str
    doc: Mapping[str, Any] | None = None


def lines_of(value: Any, heading: str) -> list[Line]:
    """A text's lines or one line per document, below the heading; nothing at all where there is no text."""
    if isinstance(value, str):
        lines = [Line(line) for line in value.splitlines() if line.strip()]
    else:
        lines = [Line(" ".join(f"{doc['title']}: {doc['text']}".split()), doc) for doc in value]
    return [Line(heading), *lines] if heading and lines else lines


def fit(lines: Sequence[str], budget: int, size: Callable[[str], int]) -> list[str]:
    """The first lines within the budget; the one that breaks it is cut after its last word that fits."""
    whole = most(len(lines), lambda count: size("\n".join(lines[:count])) <= budget)
    if whole == len(lines):
        return list(lines)
    words = lines[whole].split(" ")
    cut = most(len(words), lambda count: size("\n".join([*lines[:whole], " ".join(words[:count])])) <= budget)
    return [*lines[:whole], " ".join(words[:cut])] if cut else list(lines[:whole])


def most(top: int, fits: Callable[[int], bool]) -> int:
    """The largest count from 0 to `top` that fits, by bisection."""
    low = 0
    while low < top:
        middle = (low + top + 1) // 2
        low, top = (middle, top) if fits(middle) else (low, middle - 1)
    return low


component = Component(
    uses="infocontext",
    outputs={"text": "text", "sources": "docs"},
    build=build,
    options=InfocontextOptions,
    token_options=frozenset({"budget_tokens"}),
    open_inputs=frozenset({"text", "docs"}),
    needs_any_input=True,
    model="optional",
    check=check,
)
