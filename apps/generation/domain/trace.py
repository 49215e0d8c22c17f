"""A stored trace as people read it. It came from models and older versions: nothing about its shape is sure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ReadableStep:
    """One step: its inputs, outputs and model as (name, text) pairs, absent numbers as None."""

    name: str
    uses: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    prompt: str | None
    model: tuple[tuple[str, str], ...]
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_ms: int | None
    batch_size: int | None
    seed: int | None
    finish_reason: str


def readable_steps(trace: object) -> list[ReadableStep]:
    """The steps of `trace` that are objects, in order."""
    steps = trace if isinstance(trace, list) else []
    return [_readable(step) for step in steps if isinstance(step, Mapping)]


def _readable(step: Mapping[str, Any]) -> ReadableStep:
    prompt = step.get("prompt")
    return ReadableStep(
        name=str(step.get("step", "")),
        uses=str(step.get("uses", "")),
        inputs=_pairs(step.get("input")),
        outputs=_pairs(step.get("output", "")),
        prompt=None if prompt is None else _text(prompt),
        model=_pairs(step.get("model")),
        prompt_tokens=_number(step.get("prompt_tokens")),
        completion_tokens=_number(step.get("completion_tokens")),
        latency_ms=_number(step.get("latency_ms")),
        batch_size=_number(step.get("batch_size")),
        seed=_number(step.get("seed")),
        finish_reason=str(step.get("finish_reason") or ""),
    )


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if isinstance(value, Mapping):
        return tuple((str(name), _text(item)) for name, item in value.items())
    return () if value is None else (("", _text(value)),)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
