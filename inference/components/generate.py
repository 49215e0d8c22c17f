"""`generate`: a language model, or one that also reads pictures, answers a prompt."""

from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import TemplateError

from inference.contracts import Failure
from inference.declare import (
    Cancelled,
    Component,
    Model,
    Options,
    Request,
    Resources,
    Result,
    StepInput,
    StepOutput,
    StepRunner,
)
from inference.spec.model import StepSpec
from inference.spec.prompts import render


def build(step: StepSpec, options: Options, resources: Resources) -> StepRunner:
    model = resources.model
    assert model is not None  # noqa: S101 - the specification was checked

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        made = [make_request(step, item) for item in items]
        results = iter(model.generate([request for request in made if isinstance(request, Request)], cancelled))
        return [
            request if isinstance(request, Failure) else told(next(results), item, model)
            for request, item in zip(made, items, strict=True)
        ]

    return run


def make_request(step: StepSpec, item: StepInput) -> Request | Failure:
    assert step.prompt is not None and step.sampling is not None  # noqa: S101 - the specification was checked
    texts = {name: value for name, value in item.values.items() if name != "images"} | {"language": item.language}
    try:
        user = render(step.prompt.user, texts)
        system = render(step.prompt.system, texts) if step.prompt.system else None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        return Failure("input", f"The prompt of step {step.id} can't be filled in: {error}", retryable=False)
    return Request(user, system, tuple(item.values.get("images", ())), step.sampling, item.seed)


def told(result: Result | Failure, item: StepInput, model: Model) -> StepOutput | Failure:
    if isinstance(result, Failure):
        return result
    facts: Mapping[str, Any] = {
        "prompt": result.prompt,
        "prompt_tokens": result.prompt_tokens,
        "completion_tokens": result.completion_tokens,
        "finish_reason": result.finish_reason,
        "latency_ms": result.latency_ms,
        "batch_size": result.batch_size,
        "model": model.describe(),
        "seed": item.seed,
    }
    return StepOutput({"text": result.text}, facts)


component = Component(
    uses="generate",
    outputs={"text": "text"},
    build=build,
    optional={"images": "image"},
    open_inputs=frozenset({"text", "docs"}),
    model="required",
    samples=True,
)
