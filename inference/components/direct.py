"""`direct`: one model that reads pictures, from instruction and pictures straight to the answer."""

from inference.declare import Component, Options, Resources, StepRunner
from inference.prompting import one_call
from inference.spec.model import StepSpec


def build(step: StepSpec, options: Options, resources: Resources) -> StepRunner:
    return one_call(step, resources, lambda item, text: {"text": text})


component = Component(
    uses="direct",
    outputs={"text": "text"},
    build=build,
    required={"instruction": "text", "images": "image"},
    model="required",
    samples=True,
)
