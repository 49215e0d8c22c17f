"""Models behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, `transformers serve` and their like."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from inference.declare import Engine, Fault
from inference.spec.model import ModelSpec

if TYPE_CHECKING:
    from inference.declare import Model

EXTRA_BYTES = 4000
RESERVED = frozenset(
    {
        "model", "messages", "prompt", "stream", "stream_options", "n", "best_of", "echo", "tools", "tool_choice",
        "functions", "function_call", "temperature", "top_p", "max_tokens", "max_completion_tokens", "seed",
        "repetition_penalty", "repeat_penalty",
    }
)  # fmt: skip


def load(spec: ModelSpec, model_dir: Path) -> "Model":
    from inference.models.remote import connect

    return connect(spec)


def check(spec: ModelSpec) -> Iterator[Fault]:
    if spec.endpoint is None:
        yield "engine", "endpoint_needed", {}
    if spec.source != spec.source.strip() or not spec.source.isprintable():
        yield "source", "source_name", {}
    if spec.deadline_seconds < spec.timeout_seconds:
        yield "deadline_seconds", "deadline_short", {"limit": f"{spec.timeout_seconds:g}"}
    for name in sorted(RESERVED & spec.extra_body.keys()):
        yield f"extra_body.{name}", "extra_reserved", {"name": name}
    if len(json.dumps(spec.extra_body, default=str)) > EXTRA_BYTES:
        yield "extra_body", "extra_large", {"limit": EXTRA_BYTES}


engine = Engine(
    name="openai",
    load=load,
    in_process=False,
    keys=frozenset({"endpoint", "concurrency", "timeout_seconds", "deadline_seconds", "extra_body"}),
    check=check,
    counts_tokens=False,
)
