"""What a vision-language model is made of, as data: an encoder, an adapter and an LLM, and how a picture is written."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from jinja2 import Environment, TemplateSyntaxError
from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from inference.errors import SpecError
from inference.spec.faults import faults_of
from inference.spec.model import COMMIT, HUB_ID, WHEEL_SOURCES, Strict
from inference.spec.yaml_lines import Document, read_yaml

Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Kind = TypeVar("Kind", bound=BaseModel)
NOT_SIZES = ("auto_map", "trust_remote_code", "name_or_path", "quantization_config", "dtype", "torch_dtype")
READER = Environment(extensions=["jinja2.ext.loopcontrols"])  # noqa: S701  only parses
GENERATION = re.compile(r"\{%[-+]?\s*(?:end)?generation\s*[-+]?%\}")  # transformers' own tag
LAYERS, MAX_LAYERS = re.compile("layer|depth|block|stage"), 1000
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Source(Strict):
    """Weights that exist: a folder (`/…`, or `./…` below the model folder), or a hub id with its 40-digit commit."""

    source: Text | None = None
    revision: Text | None = None

    @model_validator(mode="after")
    def pinned(self) -> "Source":
        source = self.source
        if source is None or source in WHEEL_SOURCES or source.startswith(("/", "./")):
            return self
        if not HUB_ID.match(source):
            raise PydanticCustomError(
                "bad_source", f"give a hub id, a folder that begins with / or ./, or {', '.join(WHEEL_SOURCES)}"
            )
        if not COMMIT.match(self.revision or ""):
            raise PydanticCustomError("not_pinned", "a hub id needs “revision:”, the full 40-digit commit")
        return self


class EncoderSpec(Source):
    """Exactly one of `source` (pre-trained) and `config` (from scratch: `model_type` and that type's own keys)."""

    config: dict[str, Any] | None = None

    @model_validator(mode="after")
    def one_origin(self) -> "EncoderSpec":
        if (self.source is None) == (self.config is None):
            raise PydanticCustomError("one_origin", "give exactly one of “source” and “config”")
        if self.config is not None and not isinstance(self.config.get("model_type"), str):
            raise PydanticCustomError("no_model_type", "“config” needs “model_type”, such as convolutional_vision")
        for key, value in keys_of(self.config):
            refuse_key(key, value)
        return self


def keys_of(config: Any) -> Iterator[tuple[str, Any]]:
    """At every depth."""
    for key, value in config.items() if isinstance(config, dict) else []:
        yield key, value
        yield from keys_of(value)


def refuse_key(key: str, value: Any) -> None:
    """A config says sizes. Whose code runs, and how, is not a recipe's to say. Raises PydanticCustomError."""
    if key.startswith("_") or key in NOT_SIZES or key.endswith("implementation"):
        raise PydanticCustomError("no_size", "config: “{key}” can't be set by a recipe; remove it", {"key": key})
    if key == "num_channels" and value != 3:
        raise PydanticCustomError("no_rgb", "config: num_channels must be 3, since pictures are read as RGB")
    count = len(value) if isinstance(value, list) else value
    if isinstance(count, int) and (isinstance(value, list) or LAYERS.search(key)) and count > MAX_LAYERS:
        raise PydanticCustomError("too_deep", "config: “{key}” is too large", {"key": key})


class LlmSpec(Source):
    source: Text


class AdapterSpec(Strict):
    """`kind` is a file of `inference/vlm/adapters`; `config` holds the keys of that library class's own adapter."""

    kind: Text
    config: dict[str, Any] = {}


class Architecture(Strict):
    """`image_token` is a special token that the LLM's tokenizer has and does not use; embeddings keep their size.

    `image_size` (pixels a side) may be left out where the encoder says it. `chat_template` is needed where the LLM's
    tokenizer has no <|im_start|>; it must write `image_token` for parts of type `image`.
    """

    name: Name
    encoder: EncoderSpec
    adapter: AdapterSpec
    llm: LlmSpec
    image_token: Text = "<image>"  # noqa: S105
    image_size: Annotated[int, Field(ge=8, le=4096)] | None = None
    chat_template: Annotated[str, StringConstraints(min_length=1, max_length=20_000)] | None = None
    seed: int = 0

    @field_validator("chat_template")
    @classmethod
    def readable(cls, template: str | None) -> str | None:
        """Whether it is Jinja; what it does with a conversation shows when rows are read."""
        try:
            READER.parse(GENERATION.sub("", template or ""))
        except (TemplateSyntaxError, RecursionError) as error:
            facts = {"line": getattr(error, "lineno", 1), "reason": str(error)}
            raise PydanticCustomError("template", "line {line} of the template: {reason}", facts) from None
        return template


class Further(Strict):
    """A finished model that is trained further: `base` is its folder, with the card that tells its architecture."""

    name: Name
    base: Annotated[str, StringConstraints(pattern=r"^\.?/", max_length=500)]


def parse_architecture(source: str) -> Architecture:
    """Raises SpecError with every problem, by line and key."""
    return parse_document(source, Architecture)


def parse_document(source: str, kind: type[Kind]) -> Kind:
    """YAML as a `kind`, all of it or SpecError."""
    document = read_yaml(source)
    if document.problems:
        raise SpecError(document.problems)
    try:
        return kind.model_validate(document.values)
    except ValidationError as error:
        raise SpecError(told(error, kind, document)) from None


def told(error: ValidationError, kind: type[BaseModel], document: Document) -> list[Any]:
    for fault in faults_of(error, (), kind):
        document.add(fault.path, fault.code, **fault.facts)
    return sorted(document.problems, key=lambda found: (found.line, found.key))
