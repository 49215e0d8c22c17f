"""What a pipeline is: plain data, the same whether it came from YAML or from the database."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from inference.endpoints import NAME_PATTERN
from inference.models.gguf import WHEELS

COMMIT = re.compile(r"^[0-9a-f]{40}$")
HUB_ID = re.compile(r"^[\w-][\w.-]{0,95}/[\w-][\w.-]{0,95}$", re.ASCII)
WHEEL_SOURCES = tuple(f"wheel:{name}" for name in WHEELS)

StepId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Template = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ModelSpec(Strict):
    """The keys of all engines; which of them an engine reads is said, and checked, in `inference/engines`.

    For `transformers`, `source` is a hub id, a folder (`/…`, or `./…` below the model folder) or `wheel:<package>`;
    `dtype` auto is float32 on a CPU and bfloat16 on a GPU; `device` auto is the first GPU, else the CPU;
    `context_tokens` bounds prompt and answer together below what the model can; `lora` is a folder with a low-rank
    update of the model, and models that differ in it alone are one in memory. For `openai`, `source` is the model's
    name on the server and `revision` a note on what the server runs; `timeout_seconds` bounds one attempt,
    `deadline_seconds` all attempts for one answer.
    """

    engine: str
    source: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    revision: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    batch_size: Annotated[int, Field(ge=1, le=512)] = 16
    dtype: Annotated[str, StringConstraints(pattern=r"^(auto|float32|float16|bfloat16)$")] = "auto"
    device: Annotated[str, StringConstraints(pattern=r"^(auto|cpu|mps|cuda(:[0-9]{1,3})?)$")] = "auto"
    quantisation: Annotated[str, StringConstraints(pattern=r"^(8bit|4bit)$")] | None = None
    context_tokens: Annotated[int, Field(ge=16, le=10_000_000)] | None = None
    lora: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    endpoint: Annotated[str, StringConstraints(pattern=NAME_PATTERN)] | None = None
    concurrency: Annotated[int, Field(ge=1, le=512)] | None = None
    timeout_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 120.0
    deadline_seconds: Annotated[float, Field(ge=0.1, le=7200)] = 300.0
    extra_body: Annotated[dict[str, Any], Field(max_length=20)] = {}

    @property
    def is_hub(self) -> bool:
        return HUB_ID.match(self.source) is not None

    @property
    def is_wheel(self) -> bool:
        return self.source in WHEEL_SOURCES

    @property
    def given(self) -> frozenset[str]:
        """The keys that say something: a stored pipeline has every default written out."""
        return frozenset(name for name, info in type(self).model_fields.items() if getattr(self, name) != info.default)


class Sampling(Strict):
    """Explicit in every revision: a model's own defaults are never used. Temperature 0 is greedy.

    `repetition_penalty` divides the scores of tokens that the answer already holds (Keskar et al. 2019); the prompt's
    tokens are not penalised, so padding can't change an answer. The seed is drawn per task, see `inference.runner`.
    """

    temperature: Annotated[float, Field(ge=0, le=5)]
    max_tokens: Annotated[int, Field(ge=1, le=32_768)]
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    repetition_penalty: Annotated[float, Field(ge=0.5, le=3)] = 1.0


class Prompt(Strict):
    """Templates of Jinja (sandboxed); their variables are the step's inputs and `language`."""

    user: Template
    system: Template | None = None


def as_prompt(value: Any) -> Any:
    return {"user": value} if isinstance(value, str) else value


class StepSpec(Strict):
    id: StepId
    uses: str
    inputs: Annotated[dict[StepId, str], Field(alias="in", max_length=20)] = {}
    options: Annotated[dict[str, Any], Field(alias="with")] = {}
    model: str | None = None
    prompt: Annotated[Prompt | None, BeforeValidator(as_prompt)] = None
    sampling: Sampling | None = None


class PipelineSpec(Strict):
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    models: Annotated[dict[ModelName, ModelSpec], Field(max_length=10)] = {}
    steps: Annotated[list[StepSpec], Field(min_length=1, max_length=50)]
    output: str

    def canonical(self) -> dict[str, Any]:
        """JSON values with every default written out; `load_spec` reads it back to an equal pipeline."""
        return self.model_dump(mode="json", by_alias=True)
