"""A fault at a path of the definition, and pydantic's errors told in our words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]

CODES = {
    "missing": "missing",
    "string_type": "not_text",
    "int_type": "not_whole",
    "int_from_float": "not_whole",
    "float_type": "not_number",
    "bool_type": "not_flag",
    "list_type": "not_list",
    "dict_type": "not_mapping",
    "model_type": "not_mapping",
    "model_attributes_type": "not_mapping",
}
LIMITS = {
    "greater_than_equal": ("too_small", "ge"),
    "greater_than": ("not_above", "gt"),
    "less_than_equal": ("too_big", "le"),
    "string_too_short": ("too_short", "min_length"),
    "string_too_long": ("too_long", "max_length"),
    "too_short": ("too_short", "min_length"),
    "too_long": ("too_long", "max_length"),
}


@dataclass(frozen=True)
class Fault:
    """`template_line` is the 1-based line inside the text at `path`, where the fault is in a template."""

    path: Path
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    template_line: int | None = None


def faults_of(error: ValidationError, prefix: Path, model: type[BaseModel]) -> Iterator[Fault]:
    """`model` is what stands at `prefix`; it knows the names of its keys."""
    for detail in error.errors(include_url=False, include_input=True):
        path = (*prefix, *(part for part in detail["loc"] if part != "[key]"))
        yield told(detail, path, model)


def told(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> Fault:
    kind, context = detail["type"], dict(detail.get("ctx", {}))
    if kind in CODES:
        return Fault(path, CODES[kind])
    if kind in LIMITS:
        code, limit = LIMITS[kind]
        return Fault(path, code, {"limit": context[limit]})
    if kind == "extra_forbidden":
        return Fault(path, "unknown_key", {"known": ", ".join(keys_at(model, detail["loc"][:-1]))})
    if kind == "string_pattern_mismatch":
        return Fault(path, "bad_pattern", {"value": detail["input"], "pattern": context["pattern"]})
    if "at" in context:
        return Fault((*path, context.pop("at")), kind, context)
    return Fault(path, "invalid", {"reason": detail["msg"]})


def keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand at `path` below `model`, aliases as they are written."""
    for part in path:
        info = next((found for name, found in model.model_fields.items() if (found.alias or name) == part), None)
        nested = None if info is None else nested_model(info.annotation)
        model = nested or model
    return [info.alias or name for name, info in model.model_fields.items()]


def nested_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as `list[StepSpec]` or `Prompt | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := nested_model(part))), None)
