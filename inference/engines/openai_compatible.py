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
# What may change how an answer is written, on servers that are known. Anything else is refused: a gateway's field may
# name another model (`models`), a server's a host to fetch from (`kv_transfer_params`, `bootstrap_host`) or a file.
ALLOWED = frozenset(
    {
        "top_k", "min_p", "top_a", "typical_p", "top_n_sigma", "presence_penalty", "frequency_penalty", "logit_bias",
        "bad_words", "stop", "stop_token_ids", "include_stop_str_in_output", "no_stop_trim", "ignore_eos", "min_tokens",
        "allowed_token_ids", "skip_special_tokens", "spaces_between_special_tokens", "repeat_last_n", "min_keep",
        "mirostat", "mirostat_tau", "mirostat_eta", "dynatemp_range", "dynatemp_exponent", "xtc_probability",
        "xtc_threshold", "dry_multiplier", "dry_base", "dry_allowed_length", "dry_penalty_last_n",
        "dry_sequence_breakers", "samplers", "cache_prompt",
        "response_format", "structured_outputs", "guided_json", "guided_regex", "guided_choice", "guided_grammar",
        "json_schema", "grammar", "regex", "ebnf",
        "chat_template_kwargs", "mm_processor_kwargs", "reasoning", "reasoning_effort", "reasoning_format",
        "reasoning_budget", "thinking", "thinking_budget", "enable_thinking", "include_reasoning",
        "separate_reasoning", "safe_prompt", "verbosity",
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
    for name in sorted(spec.extra_body.keys() - ALLOWED):
        if name in RESERVED:
            yield f"extra_body.{name}", "extra_reserved", {"name": name}
        else:
            yield f"extra_body.{name}", "unknown_key", {"known": ", ".join(sorted(ALLOWED))}
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
