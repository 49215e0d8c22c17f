"""A recipe: a model and the stages that train it, as data. Its paths begin at the model folder."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from inference.spec.model import Strict
from inference.spec.yaml_lines import read_yaml
from inference.vlm.architecture import Architecture, Name, Text, parse_architecture, parse_document

SHIPPED = Path(__file__).with_name("recipes")
Rate = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1, le=10_000_000)]


class DataSpec(Strict):
    """`kind`: pairs, interleaved, triplets, conversations, or labels. `instruction` asks for a pair's text."""

    path: Text
    kind: Literal["pairs", "interleaved", "triplets", "conversations"]
    instruction: Text = "Describe the picture."


class LabelSpec(Strict):
    """Rows with `image` and `labels`: a value, or null where it is not known, for each name."""

    path: Text


class LoraSpec(Strict):
    """Low-rank adaptation of the LLM (Hu et al. 2021), on the linear layers called `layers`; merged at the end."""

    rate: Rate
    rank: Annotated[int, Field(ge=1, le=1024)] = 16
    alpha: Annotated[int, Field(ge=1, le=10_000)] = 32
    layers: list[Text] = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


class TrainSpec(Strict):
    """The learning rate of each part that is trained; the others are frozen."""

    encoder: Rate | None = None
    adapter: Rate | None = None
    llm: Rate | None = None
    lora: LoraSpec | None = None

    @model_validator(mode="after")
    def sound(self) -> "TrainSpec":
        if not any((self.encoder, self.adapter, self.llm, self.lora)):
            raise PydanticCustomError("nothing", "give at least one of encoder, adapter, llm and lora")
        if self.llm and self.lora:
            raise PydanticCustomError("both", "the LLM is trained as a whole (llm) or by lora, not both")
        return self


class Stage(Strict):
    """Exactly one of `data` and `labels`. Labels train the encoder alone, with a linear head for each name.

    `batch_size` counts samples, each with up to `pack` rows about the same pictures; `accumulate` batches make a step.
    `epochs` or `steps` say how long. `warmup` is the share of steps in which the rate rises; it then falls as a cosine.
    """

    id: Name
    data: Annotated[list[DataSpec], Field(min_length=1, max_length=20)] | None = None
    labels: LabelSpec | None = None
    train: TrainSpec
    batch_size: Annotated[int, Field(ge=1, le=65_536)]
    accumulate: Annotated[int, Field(ge=1, le=65_536)] = 1
    pack: Annotated[int, Field(ge=1, le=1000)] = 1
    epochs: Annotated[float, Field(gt=0, le=10_000)] | None = None
    steps: Count | None = None
    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.03
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.0
    max_tokens: Annotated[int, Field(ge=8, le=1_000_000)] = 2048
    mirror: bool = False
    save_every: Count = 100
    skip_bad_rows: bool = False
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0
    precision: Literal["float32", "bfloat16", "float16"] = "float32"

    @model_validator(mode="after")
    def sound(self) -> "Stage":
        if (self.data is None) == (self.labels is None):
            raise PydanticCustomError("one_data", "give exactly one of “data” and “labels”")
        if (self.epochs is None) == (self.steps is None):
            raise PydanticCustomError("one_length", "give exactly one of “epochs” and “steps”")
        others = self.train.adapter or self.train.llm or self.train.lora
        if self.labels and (others or not self.train.encoder):
            raise PydanticCustomError("labels_encoder", "labels train the encoder and nothing else")
        if not self.labels and self.mirror:
            raise PydanticCustomError("mirror", "only labels stay right when a picture is mirrored; remove “mirror”")
        return self


class EvaluationSpec(Strict):
    """Rows of `triplets`; the answer must come out as it stands, letter by letter, greedily."""

    path: Text
    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 8
    pack: Annotated[int, Field(ge=1, le=1000)] = 1


class Recipe(Strict):
    model: Architecture
    stages: Annotated[list[Stage], Field(min_length=1, max_length=50)]
    evaluation: EvaluationSpec | None = None

    @model_validator(mode="after")
    def distinct(self) -> "Recipe":
        names = [stage.id for stage in self.stages]
        if len(names) != len(set(names)):
            raise PydanticCustomError("same_id", "two stages have the same id")
        return self


def parse_recipe(source: str) -> Recipe:
    """Raises SpecError with every problem, by line and key."""
    return parse_document(source, Recipe)


def read_recipe(file: Path) -> Recipe:
    """A file, or the name of one in `inference/vlm/recipes`. Raises SpecError, OSError."""
    return parse_recipe(found(file).read_text())


def read_architecture(file: Path) -> Architecture:
    """An architecture, or that of a recipe. Raises SpecError, OSError."""
    text = found(file).read_text()
    values = read_yaml(text).values
    is_recipe = isinstance(values, dict) and "model" in values
    return parse_recipe(text).model if is_recipe else parse_architecture(text)


def found(file: Path) -> Path:
    shipped = SHIPPED / f"{file}.yaml"
    return shipped if shipped.is_file() and not file.is_file() else file
