"""`generate`: a language model, or one that also reads pictures, writes the answer.

Documents given to it (`in: {sources: $context.sources}`) stand in its record, whether or not its prompt shows them.
"""

from inference.declare import Component, Options, Resources, StepRunner
from inference.prompting import one_call
from inference.spec.model import StepSpec


def build(step: StepSpec, options: Options, resources: Resources) -> StepRunner:
    return one_call(step, resources, lambda item, text: {"text": text})


component = Component(
    uses="generate",
    outputs={"text": "text"},
    build=build,
    optional={"images": "image"},
    open_inputs=frozenset({"text", "docs"}),
    model="required",
    samples=True,
)
