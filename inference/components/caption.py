"""`caption`: a model that reads pictures describes each of a task's pictures by itself.

Small models mix several pictures up, so every picture is a call of its own; two or more captions are numbered.
"""

from collections.abc import Sequence
from itertools import islice

from inference.contracts import Failure
from inference.declare import Cancelled, Component, Options, Resources, Result, StepInput, StepOutput, StepRunner
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
        requests = [make_request(step, item, (picture,)) for item in items for picture in item.values["images"]]
        results = iter(ask(model, requests, cancelled))
        return [told(item, list(islice(results, len(item.values["images"])))) for item in items]

    return run


def numbered(results: Sequence[Result]) -> str:
    if len(results) == 1:
        return results[0].text
    return "\n".join(f"{place}. {' '.join(result.text.split())}" for place, result in enumerate(results, start=1))


def summed(results: Sequence[Result]) -> Result:
    """The calls of one task as one record: numbers added up, cut short if one was, cached if all were."""
    return Result(
        text="",
        finish_reason="length" if any(result.finish_reason == "length" for result in results) else "stop",
        prompt="\n\n".join(dict.fromkeys(result.prompt for result in results)),
        prompt_tokens=sum(result.prompt_tokens for result in results),
        completion_tokens=sum(result.completion_tokens for result in results),
        latency_ms=sum(result.latency_ms for result in results),
        batch_size=max(result.batch_size for result in results),
        cached=all(result.cached for result in results),
        facts=results[0].facts,
    )


component = Component(
    uses="caption",
    outputs={"text": "text"},
    build=build,
    required={"images": "image"},
    open_inputs=frozenset({"text", "docs"}),
    model="required",
    samples=True,
)
