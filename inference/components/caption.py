"""`caption`: a model that reads pictures describes each of a task's pictures by itself.

Small models mix several pictures up, so every picture is a call of its own; two or more captions are numbered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from inference.contracts import Failure
from inference.declare import (
    Cancelled,
    Component,
    Options,
    Request,
    Resources,
    Result,
    StepInput,
    StepOutput,
    StepRunner,
)
from inference.prompting import ask, facts_of, make_request, model_of
from inference.spec.model import StepSpec


def build(step: StepSpec, options: Options, resources: Resources) -> StepRunner:
    model = model_of(resources)

    def told(item: StepInput, results: list[Result | Failure]) -> StepOutput | Failure:
        written = [result for result in results if isinstance(result, Result)]
        if len(written) < len(results):
            return next(result for result in results if isinstance(result, Failure))
        if not written:
            return StepOutput({"text": ""})
        return StepOutput({"text": numbered(written)}, facts_of(step, model, item.seed, summed(written)))

    def run(items: Sequence[StepInput], cancelled: Cancelled) -> list[StepOutput | Failure]:
        requests = [request for item in items for request in requests_of(step, item)]
        results = iter(ask(model, requests, cancelled))
        return [told(item, list(islice(results, len(item.values["images"])))) for item in items]

    return run


def requests_of(step: StepSpec, item: StepInput) -> list[Request | Failure]:
    """One per picture; the nth is drawn with the step's seed plus n, counted from 0."""
    seeded = (replace(item, seed=item.seed + place) for place in range(len(item.values["images"])))
    return [make_request(step, one, (picture,)) for one, picture in zip(seeded, item.values["images"], strict=True)]


def numbered(results: Sequence[Result]) -> str:
    if len(results) == 1:
        return results[0].text
    return "\n".join(f"{place}. {' '.join(result.text.split())}" for place, result in enumerate(results, start=1))


def summed(results: Sequence[Result]) -> Result:
    """The calls of one task as one record: numbers added up, cut short if one was, cached if all were.

    What each call alone knows is kept as `calls`, in the order of the pictures.
    """
    return Result(
        text="",
        finish_reason="length" if any(result.finish_reason == "length" for result in results) else "stop",
        prompt="\n\n".join(dict.fromkeys(result.prompt for result in results)),
        prompt_tokens=sum(result.prompt_tokens for result in results),
        completion_tokens=sum(result.completion_tokens for result in results),
        latency_ms=sum(result.latency_ms for result in results),
        batch_size=max(result.batch_size for result in results),
        cached=all(result.cached for result in results),
        facts=facts_together(results),
    )


def facts_together(results: Sequence[Result]) -> Mapping[str, Any]:
    if len(results) == 1:
        return results[0].facts
    return {"calls": [dict(result.facts) for result in results]} if any(result.facts for result in results) else {}


component = Component(
    uses="caption",
    outputs={"text": "text"},
    build=build,
    required={"images": "image"},
    open_inputs=frozenset({"text", "docs"}),
    model="required",
    samples=True,
)
