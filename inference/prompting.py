"""What steps that ask a model share: the request from a prompt and a task's values, the record of the result."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from inference.contracts import Failure
from inference.declare import Cancelled, Model, Request, Resources, Result, StepInput, StepOutput, StepRunner
from inference.spec.model import StepSpec
from inference.spec.prompts import render

Outputs = Callable[[StepInput, str], Mapping[str, Any]]  # a step's outputs from what the model wrote


def one_call(step: StepSpec, resources: Resources, outputs: Outputs) -> StepRunner:
    """A step that asks its model once per task, with all of the task's pictures where `images` is wired."""
    model = model_of(resources)

    def told(item: StepInput, result: Result | Failure) -> StepOutput | Failure:
        if isinstance(result, Failure):
            return result
        return StepOutput(outputs(item, result.text), facts_of(step, model, item.seed, result))

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        requests = [make_request(step, item, tuple(item.values.get("images", ()))) for item in items]
        return [told(item, result) for item, result in zip(items, ask(model, requests, cancelled), strict=True)]

    return run


def model_of(resources: Resources) -> Model:
    assert resources.model is not None  # noqa: S101 - the specification was checked
    return resources.model


def make_request(step: StepSpec, item: StepInput, images: tuple[Path, ...]) -> Request | Failure:
    assert step.prompt is not None and step.sampling is not None  # noqa: S101 - the specification was checked
    texts = {name: value for name, value in item.values.items() if name != "images"} | {"language": item.language}
    try:
        user = render(step.prompt.user, texts)
        system = render(step.prompt.system, texts) if step.prompt.system else None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        return Failure("input", f"The prompt of step {step.id} can't be filled in: {error}", retryable=False)
    return Request(user, system, images, step.sampling, item.seed)


def ask(model: Model, requests: Sequence[Request | Failure], cancelled: Cancelled) -> list[Result | Failure]:
    """The results in the order of `requests`; one that could not be made stays the failure it is."""
    sound = [request for request in requests if isinstance(request, Request)]
    results = iter(model.generate(sound, cancelled) if sound else ())
    return [request if isinstance(request, Failure) else next(results) for request in requests]


def facts_of(step: StepSpec, model: Model, seed: int, result: Result) -> dict[str, Any]:
    """What `inference.contracts.StepRecord` keeps of a call."""
    return {
        "prompt": result.prompt,
        "prompt_tokens": result.prompt_tokens,
        "completion_tokens": result.completion_tokens,
        "finish_reason": result.finish_reason,
        "latency_ms": result.latency_ms,
        "batch_size": result.batch_size,
        "cached": result.cached or None,
        "model": {**model.describe(), **result.facts},
        "sampling": step.sampling.model_dump(mode="json") if step.sampling else None,
        "seed": seed,
    }
