"""Faults that need more than one key to be seen: references and their kinds, models, prompts, options."""

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from inference.components import components
from inference.declare import Component, Kind
from inference.engines import engines
from inference.spec.faults import Fault, faults_of
from inference.spec.model import ModelSpec, StepSpec
from inference.spec.prompts import ALWAYS, template_faults

INPUTS: Mapping[str, Kind] = {"instruction": "text", "language": "text", "images": "image"}
REFERENCE = re.compile(r"^\$([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)$")
SHARED_KEYS = frozenset({"engine", "source", "revision", "batch_size"})  # of ModelSpec, read by every engine
KINDS: Mapping[Kind, str] = {"text": "text", "docs": "documents", "image": "a picture"}


def options_of(component: Component, step: StepSpec) -> BaseModel:
    """The step's `with:` as its component reads it. Raises pydantic's ValidationError."""
    return component.options.model_validate(step.options)


@dataclass
class Scope:
    """What the steps so far provide: step id to its ports; None where a faulty step's ports are unknown."""

    models: Mapping[str, ModelSpec | None]
    ports: dict[str, Mapping[str, Kind] | None] = field(default_factory=lambda: {"inputs": INPUTS})

    def resolve(self, path: tuple[str | int, ...], value: str) -> Kind | Fault | None:
        """The kind that the reference stands for, None where it can't be known, or a fault."""
        match = REFERENCE.match(value)
        if match is None:
            return Fault(path, "bad_reference", {"value": value})
        source, port = match.groups()
        if source not in self.ports:
            return Fault(path, "reference_no_step", {"value": value, "source": source})
        ports = self.ports[source]
        if ports is not None and port not in ports:
            known = ", ".join(f"${source}.{name}" for name in ports)
            return Fault(path, "reference_unknown", {"value": value, "source": source, "known": known})
        return None if ports is None else ports[port]


def pipeline_faults(
    models: Mapping[str, ModelSpec | None], steps: Sequence[StepSpec | str | None], output: str | None
) -> Iterator[Fault]:
    """`models` and `steps` may hold None (or a step's bare id) for parts that are faulty in themselves."""
    for name, model in models.items():
        for key, code, facts in engine_faults(model) if model is not None else ():
            yield Fault(("models", name, *key.split(".")), code, facts)
    scope = Scope(models)
    for index, step in enumerate(steps):
        if isinstance(step, StepSpec):
            yield from step_faults(step, ("steps", index), scope)
        elif step is not None:
            scope.ports[step] = None
    if output is not None:
        yield from output_faults(output, scope, is_sure=None not in steps)


def engine_faults(model: ModelSpec) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    engine = engines().get(model.engine)
    if engine is None:
        yield "engine", "not_one_of", {"known": ", ".join(engines())}
        return
    for key in sorted(model.given - engine.keys - SHARED_KEYS):
        known = ", ".join(sorted(engine.keys | SHARED_KEYS))
        yield key, "key_of_other_engine", {"engine": engine.name, "known": known}
    yield from engine.check(model)


def output_faults(output: str, scope: Scope, *, is_sure: bool) -> Iterator[Fault]:
    kind = scope.resolve(("output",), output)
    if isinstance(kind, Fault):
        if is_sure or kind.code != "reference_no_step":
            yield kind
    elif kind not in {None, "text"}:
        yield Fault(("output",), "output_kind", {"value": output, "kind": KINDS[kind or "text"]})


def step_faults(step: StepSpec, path: tuple[str | int, ...], scope: Scope) -> Iterator[Fault]:
    if step.id in scope.ports:
        code = "reserved_step" if step.id == "inputs" else "duplicate_step"
        yield Fault((*path, "id"), code, {"name": step.id})
        return
    component = components().get(step.uses)
    scope.ports[step.id] = None if component is None else component.outputs
    if component is None:
        yield Fault((*path, "uses"), "not_one_of", {"known": ", ".join(components())})
        return
    yield from model_faults(step, component, path, scope)
    yield from presence_faults(step, component, path)
    kinds = yield from input_faults(step, component, path, scope)
    yield from prompt_faults(step, path, kinds)
    yield from option_faults(step, component, path, scope)


def model_faults(step: StepSpec, component: Component, path: tuple[str | int, ...], scope: Scope) -> Iterator[Fault]:
    if step.model is None:
        if component.model == "required":
            yield Fault(path, "model_needed", {"uses": step.uses})
    elif component.model == "none":
        yield Fault((*path, "model"), "model_useless", {"uses": step.uses})
    elif step.model not in scope.models:
        known = ", ".join(scope.models) or "–"
        yield Fault((*path, "model"), "model_unknown", {"name": step.model, "known": known})


def presence_faults(step: StepSpec, component: Component, path: tuple[str | int, ...]) -> Iterator[Fault]:
    for key in ("prompt", "sampling"):
        given = getattr(step, key) is not None
        if given != component.samples:
            where = (*path, key) if given else path
            yield Fault(where, f"{key}_{'useless' if given else 'needed'}", {"uses": step.uses})


def input_faults(
    step: StepSpec, component: Component, path: tuple[str | int, ...], scope: Scope
) -> Generator[Fault, None, dict[str, Kind | None]]:
    """Yields faults; returns the kinds of the step's inputs by name, as far as they are known."""
    kinds: dict[str, Kind | None] = {}
    for name, kind in component.required.items():
        if name not in step.inputs:
            yield Fault((*path, "in"), "input_needed", {"uses": step.uses, "name": name, "kind": KINDS[kind]})
    if component.needs_any_input and not step.inputs:
        yield Fault((*path, "in"), "inputs_needed", {"uses": step.uses})
    for name, value in step.inputs.items():
        where = (*path, "in", name)
        found = scope.resolve(where, value)
        kinds[name] = None if isinstance(found, Fault) else found
        if isinstance(found, Fault):
            yield found
        else:
            yield from kind_faults(step, component, where, scope, found)
    return kinds


def kind_faults(
    step: StepSpec, component: Component, where: tuple[str | int, ...], scope: Scope, found: Kind | None
) -> Iterator[Fault]:
    name = str(where[-1])
    declared = {**component.required, **component.optional}
    if name not in declared and not component.open_inputs:
        yield Fault(where, "input_unknown", {"uses": step.uses, "name": name, "known": ", ".join(declared) or "–"})
        return
    allowed = {declared[name]} if name in declared else component.open_inputs
    model = scope.models.get(step.model or "")
    value = step.inputs[name]
    if found is not None and found not in allowed:
        expected = " / ".join(KINDS[kind] for kind in sorted(allowed))
        yield Fault(where, "reference_kind", {"value": value, "kind": KINDS[found], "expected": expected})
    elif found == "image" and model is not None and model.is_wheel:
        yield Fault(where, "image_to_text_model", {"value": value, "model": step.model or ""})


def prompt_faults(step: StepSpec, path: tuple[str | int, ...], kinds: Mapping[str, Kind | None]) -> Iterator[Fault]:
    if step.prompt is None:
        return
    variables = {**ALWAYS, **{name: kind or "text" for name, kind in kinds.items()}}
    for key in ("system", "user"):
        template = getattr(step.prompt, key)
        if template is not None:
            for line, code, facts in template_faults(template, variables):
                yield Fault((*path, "prompt", key), code, facts, template_line=line)


def option_faults(step: StepSpec, component: Component, path: tuple[str | int, ...], scope: Scope) -> Iterator[Fault]:
    try:
        options = options_of(component, step)
    except ValidationError as error:
        yield from faults_of(error, (*path, "with"), component.options)
        return
    for key, code, facts in component.check(step, options):
        yield Fault((*path, *key.split(".")), code, facts)
    model = scope.models.get(step.model or "")
    if model is not None and model.engine in engines() and not engines()[model.engine].counts_tokens:
        for key in sorted(component.token_options):
            if getattr(options, key) is not None:
                yield Fault((*path, "with", key), "tokens_uncounted", {"model": step.model or ""})
