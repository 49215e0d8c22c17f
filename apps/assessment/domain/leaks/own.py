"""What the compared revisions themselves are called and say: their names, models and prompts. Specifications are plain
JSON of any age, so nothing about their shape is sure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apps.assessment.domain.blindness import PLAIN, words
from apps.assessment.domain.leaks.lexicon import LEXICON

# Where a model's family name ends: "Qwen3-VL" of "Qwen3-VL-8B-Instruct".
SUFFIX = re.compile(
    r"[-_](?:\d+(?:\.\d+)?[bBmM]|instruct|chat|it|base|hf|gguf|awq|gptq|int[48]|fp16|bf16)(?=[-_.]|$)", re.I
)
PECULIAR = re.compile(r"[\d_+]|\w-\w|[a-zа-яё][A-ZА-ЯЁ]|[A-ZА-ЯЁ]{3,}")
PLACEHOLDER = re.compile(r"\{\{[^{}]{0,500}\}\}|\{%[^{}]{0,500}%\}|\{#[^{}]{0,500}#\}")

MOST_RECORDED = 100  # a server may say anything


def own_names(spec: Mapping[str, Any], pipeline: str, traces: Iterable[object] = ()) -> frozenset[str]:
    """Names by which this pipeline could be known: its own, its models' (also as the `traces` tell them) and those of
    its steps when they are peculiar. Ordinary words are left out, or every answer would hold a hit."""
    models = [mapping(model).get("source") for model in mapping(spec.get("models")).values()]
    models += recorded_models(traces)
    named = {pipeline, str(spec.get("name", ""))}.union(*map(model_names, models))
    steps = {str(step.get(key, "")) for step in objects(spec.get("steps")) for key in ("id", "uses")}
    steps |= set(mapping(spec.get("models")))
    telling = {name.strip() for name in named if is_telling(name)} | {name for name in steps if "_" in name}
    return frozenset(telling)


def recorded_models(traces: Iterable[object]) -> list[str]:
    """What the records of the steps' models say was loaded, or which model a server says it asked."""
    records = [mapping(step.get("model")) for trace in traces for step in objects(trace)]
    told = {record.get(key) for record in records for key in ("source", "served_model") if is_short(record.get(key))}
    return sorted(map(str, told))[:MOST_RECORDED]


def is_short(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 200


def model_names(source: object) -> Iterator[str]:
    """Of `org/Model-8B-Instruct`, a folder or `wheel:<package>`: whole, without the owner, without the size."""
    name = str(source or "").removeprefix("wheel:").removeprefix("./").rstrip("/")
    last = name.rsplit("/", 1)[-1]
    family = last[: found.start()] if (found := SUFFIX.search(last)) else last
    yield from (name if name.count("/") == 1 else last, last, family)


def is_telling(name: str) -> bool:
    """Not what an answer might say by itself: digits, hyphens or capitals inside, or two words and more."""
    found = [word for word in words(name) if word not in PLAIN]
    if not found or sum(map(len, found)) < 3:
        return False
    return bool(PECULIAR.search(name)) or (len(found) > 1 and sum(map(len, found)) >= 10)


def own_prompts(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The fixed text of every step's templates: what stands between the placeholders."""
    prompts = [mapping(step.get("prompt")) for step in objects(spec.get("steps"))]
    texts = [str(prompt[part]) for prompt in prompts for part in ("system", "user") if prompt.get(part)]
    return tuple(piece.strip() for text in texts for piece in PLACEHOLDER.split(text) if piece.strip())


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


COMPONENTS: tuple[str, ...] = tuple(LEXICON["components"])
