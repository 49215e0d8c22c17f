"""A stored trace as people read it. It came from models and older versions: nothing about its shape is sure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SCORED = re.compile(r"^(?:\d+\. )?(?P<label>.+?) (?P<score>[01]\.\d{1,4})$")
MOST_TAGS = 40


@dataclass(frozen=True)
class FoundDoc:
    """A document that a step found or was given; `link` is its source where that is an address on the web."""

    id: str
    title: str
    text: str
    source: str
    link: str
    score: float | None

    @property
    def key(self) -> str:
        """The same for the same document of another step."""
        return self.id or f"{self.source} {self.title}"


@dataclass(frozen=True)
class Tag:
    label: str
    score: float


@dataclass(frozen=True)
class Part:
    """A named input or output: a text, and where it is more than that, its documents or its tags with scores."""

    name: str
    text: str
    docs: tuple[FoundDoc, ...] = ()
    tags: tuple[Tag, ...] = ()
    kind: Literal["text", "docs", "tags", "number", "data"] = "text"

    @property
    def is_empty(self) -> bool:
        return self.text.strip() in ("", "[]", "{}")


@dataclass(frozen=True)
class ReadableStep:
    """One step; absent numbers are None. `model` and `sampling` are (name, text) pairs."""

    name: str
    uses: str
    inputs: tuple[Part, ...] = ()
    outputs: tuple[Part, ...] = ()
    prompt: str | None = None
    model: tuple[tuple[str, str], ...] = ()
    sampling: tuple[tuple[str, str], ...] = ()
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    latency_ms: int | None = None
    batch_size: int | None = None
    seed: int | None = None
    finish_reason: str = ""
    is_cached: bool = False
    given: tuple[FoundDoc, ...] = field(default=())  # the documents among the inputs

    @property
    def told(self) -> list[Part]:
        """The outputs worth reading; the others are `numbers` and `empty`."""
        return [part for part in self.outputs if not part.is_empty and part.kind != "number"]

    @property
    def numbers(self) -> list[Part]:
        return [part for part in self.outputs if part.kind == "number"]

    @property
    def empty(self) -> list[str]:
        return [part.name for part in self.outputs if part.is_empty]

    @property
    def model_name(self) -> str:
        """What a person would call the model, or the engine that searched or read."""
        facts = dict(self.model)
        return next((facts[name] for name in ("source", "id", "model", "engine", "corpus") if facts.get(name)), "")


def readable_steps(trace: object) -> list[ReadableStep]:
    """The steps of `trace` that are objects, in order."""
    steps = trace if isinstance(trace, list) else []
    return [_readable(step) for step in steps if isinstance(step, Mapping)]


def _readable(step: Mapping[str, Any]) -> ReadableStep:
    prompt = step.get("prompt")
    inputs = _parts(step.get("input"))
    return ReadableStep(
        name=str(step.get("step", "")),
        uses=str(step.get("uses", "")),
        inputs=inputs,
        outputs=_without_twins(_parts(step.get("output", ""))),
        prompt=None if prompt is None else _text(prompt),
        model=_pairs(step.get("model")),
        sampling=_pairs(step.get("sampling")),
        prompt_tokens=_number(step.get("prompt_tokens")),
        completion_tokens=_number(step.get("completion_tokens")),
        latency_ms=_number(step.get("latency_ms")),
        batch_size=_number(step.get("batch_size")),
        seed=_number(step.get("seed")),
        finish_reason=str(step.get("finish_reason") or ""),
        is_cached=step.get("cached") is True,
        given=tuple(doc for part in inputs for doc in part.docs),
    )


def _parts(value: object) -> tuple[Part, ...]:
    if isinstance(value, Mapping):
        return tuple(_part(str(name), item) for name, item in value.items())
    return () if value is None else (_part("", value),)


def _part(name: str, value: object) -> Part:
    if isinstance(value, str):
        tags = tuple(_tags(value)) if name == "scores" else ()
        return Part(name, value, tags=tags, kind="tags" if tags else "text")
    docs = tuple(_docs(value))
    if isinstance(value, int | float):
        return Part(name, _text(value), kind="number")
    return Part(name, _text(value), docs=docs, kind="docs" if docs else "data")


def _without_twins(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Nothing is shown twice: tags that stand with their scores, and a text that an output before it has."""
    scored = any(part.kind == "tags" for part in parts)
    kept = [part for part in parts if not (scored and part.name == "tags")]
    texts = [part.text if part.kind == "text" else None for part in kept]
    return tuple(
        part
        for place, part in enumerate(kept)
        if part.kind != "text" or part.is_empty or part.text not in texts[:place]
    )


def _tags(text: str) -> Iterator[Tag]:
    """Out of “dome 0.93, gold 0.81”, a line per picture; nothing at all when one of them reads otherwise."""
    pieces = [piece for line in text.splitlines() for piece in line.split(", ") if piece]
    matches = [SCORED.match(piece) for piece in pieces[:MOST_TAGS]]
    if all(matches):
        yield from (Tag(match["label"], float(match["score"])) for match in matches if match)


def _docs(value: object) -> Iterator[FoundDoc]:
    """Nothing at all when one of the items is no document."""
    items = value if isinstance(value, list) else []
    if all(isinstance(item, Mapping) and "title" in item and "text" in item for item in items):
        yield from (_doc(item) for item in items)


def _doc(item: Mapping[str, Any]) -> FoundDoc:
    source, score = str(item.get("source") or ""), item.get("score")
    return FoundDoc(
        id=str(item.get("id", "")),
        title=_text(item["title"]),
        text=_text(item["text"]),
        source=source,
        link=source if source.startswith(("https://", "http://")) else "",
        score=float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None,
    )


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if isinstance(value, Mapping):
        return tuple((str(name), _text(item)) for name, item in value.items())
    return () if value is None else (("", _text(value)),)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
