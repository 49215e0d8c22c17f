"""A pipeline's definition from YAML, or from what `canonical` gave: whole, or every problem with its line."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from inference.components import components
from inference.errors import SpecError
from inference.spec.checks import options_of, pipeline_faults
from inference.spec.faults import Fault, faults_of
from inference.spec.model import ModelSpec, PipelineSpec, StepSpec
from inference.spec.yaml_lines import Document, read_yaml


def parse_spec(source: str) -> PipelineSpec:
    """Raises SpecError with every problem found, in line order."""
    return checked(read_yaml(source), source.splitlines())


def load_spec(data: dict[str, Any]) -> PipelineSpec:
    """The pipeline of a stored revision. Raises SpecError when this version of the code can't read it any more."""
    return checked(Document(values=data), [])


def checked(document: Document, lines: Sequence[str]) -> PipelineSpec:
    spec: PipelineSpec | None = None
    faults: list[Fault] = []
    try:
        spec = PipelineSpec.model_validate(document.values)
    except ValidationError as error:
        faults += faults_of(error, (), PipelineSpec)
    faults += pipeline_faults(*readable_parts(document.values))
    for fault in faults:
        add_fault(document, fault, lines)
    if spec is None or document.problems:
        raise SpecError(sorted(document.problems, key=lambda found: (found.line, found.key)))
    return with_default_options(spec)


def add_fault(document: Document, fault: Fault, lines: Sequence[str]) -> None:
    line = document.line(fault.path)
    if fault.template_line is not None:
        line += template_offset(lines, line, fault.template_line)
    document.add_at(line, fault.path, fault.code, **fault.facts)


def template_offset(lines: Sequence[str], line: int, template_line: int) -> int:
    """How far below its key a template's line stands: a block (`|`) begins on the line after, a plain text on it."""
    is_block = line <= len(lines) and lines[line - 1].rstrip().endswith(("|", "|-", "|+"))
    return template_line if is_block else 0


def readable_parts(
    values: Any,
) -> tuple[dict[str, ModelSpec | None], list[StepSpec | str | None], str | None]:
    """The models, steps and output that are sound in themselves, so that one fault does not hide the others."""
    top = values if isinstance(values, dict) else {}
    models, steps, output = top.get("models"), top.get("steps"), top.get("output")
    models = models if isinstance(models, dict) else {}
    steps = steps if isinstance(steps, list) else []
    return (
        {str(name): next(read(ModelSpec, value), None) for name, value in models.items()},
        [next(read(StepSpec, value), bare_id(value)) for value in steps[:50]],
        output if isinstance(output, str) else None,
    )


def read(kind: type[Any], value: Any) -> Iterator[Any]:
    try:
        yield kind.model_validate(value)
    except ValidationError:
        return


def bare_id(value: Any) -> str | None:
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def with_default_options(spec: PipelineSpec) -> PipelineSpec:
    """The same pipeline with the defaults of every `with:` written out: what ran must not depend on later defaults."""
    steps = [
        step.model_copy(update={"options": options_of(components()[step.uses], step).model_dump(mode="json")})
        for step in spec.steps
    ]
    return spec.model_copy(update={"steps": steps})
