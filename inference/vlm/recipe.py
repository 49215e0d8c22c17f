"""A recipe: a model and the stages that train it, as data. Its paths begin at the model folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from inference.spec.model import Strict
from inference.spec.yaml_lines import read_yaml
from inference.vlm.architecture import Architecture, Further, Name, Text, parse_architecture, parse_document

SHIPPED = Path(__file__).with_name("recipes")
Rate = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=1, le=10_000_000)]
Share = Annotated[float, Field(gt=0, le=1)]
ALL, CAPTIONS = "all", "captions"


class DataSpec(Strict):
    """`kind`: pairs, interleaved, triplets, conversations, or labels. `instruction` asks for a pair's text."""

    path: Text
    kind: Literal["pairs", "interleaved", "triplets", "conversations"]
    instruction: Text = "Describe the picture."


class LabelSpec(Strict):
    """Rows with `image` and `labels`: a value, or null where it is not known, for each name."""

    path: Text


class PreferenceSpec(Strict):
    """Rows with `prompt`, `chosen`, `rejected` and `images`, as the platform exports judgments and as TRL has them.

    `beta` holds the model near to what it was (DPO: Rafailov et al. 2023): the larger, the nearer. `held_out` is the
    share of prompts that are not learned but measured.
    """

    paths: Annotated[list[Text], Field(min_length=1, max_length=20)]
    beta: Annotated[float, Field(gt=0, le=100)] = 0.1
    held_out: Annotated[float, Field(ge=0, lt=1)] = 0.0


class LoraSpec(Strict):
    """Low-rank adaptation of the LLM (Hu et al. 2021), on the linear layers called `layers`; merged at the end, or kept
    as a folder of its own that pipelines lay on the base (`merge: false`).
    """

    rate: Rate
    merge: bool = True
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
    """Exactly one of `data`, `labels` and `preferences`. Labels train the encoder alone, with a linear head for each
    name; preferences train low-rank updates, compared to the model without them.

    `batch_size` counts samples, each with up to `pack` rows about the same pictures; `accumulate` batches make a step.
    `epochs` or `steps` say how long. `warmup` is the share of steps in which the rate rises; it then falls as a cosine.
    """

    id: Name
    data: Annotated[list[DataSpec], Field(min_length=1, max_length=20)] | None = None
    labels: LabelSpec | None = None
    preferences: PreferenceSpec | None = None
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

    @property
    def paths(self) -> list[str]:
        """The files that it learns from."""
        found = [spec.path for spec in self.data or []] + ([self.labels.path] if self.labels else [])
        return found + (self.preferences.paths if self.preferences else [])

    @model_validator(mode="after")
    def sound(self) -> "Stage":
        if sum(given is not None for given in (self.data, self.labels, self.preferences)) != 1:
            raise PydanticCustomError("one_data", "give exactly one of “data”, “labels” and “preferences”")
        if (self.epochs is None) == (self.steps is None):
            raise PydanticCustomError("one_length", "give exactly one of “epochs” and “steps”")
        others = self.train.adapter or self.train.llm or self.train.lora
        if self.labels and (others or not self.train.encoder):
            raise PydanticCustomError("labels_encoder", "labels train the encoder and nothing else")
        if self.preferences and (self.train.encoder or self.train.adapter or not self.train.lora or self.pack > 1):
            raise PydanticCustomError(
                "preferences_lora",
                "preferences train lora and nothing else, unpacked: the model without it is compared to",
            )
        if self.preferences and self.train.lora and "lm_head" in self.train.lora.layers:
            raise PydanticCustomError("no_head", "preferences can't train lm_head: take it out of lora.layers")
        if not self.labels and self.mirror:
            raise PydanticCustomError("mirror", "only labels stay right when a picture is mirrored; remove “mirror”")
        return self


class CaptionSpec(Strict):
    """Rows of `triplets` whose answers the model writes itself. A caption is right when, of all words of the groups
    called `words`, it holds those of the row's answer and no other.
    """

    path: Text
    words: Annotated[list[Text], Field(min_length=1, max_length=50)]


class EvaluationSpec(Strict):
    """Rows of `triplets`; the answer must come out as it stands, letter by letter, greedily.

    `groups` are questions by their answers, counted apart too. `generated` questions are also asked of the finished
    folder as pipelines ask. `goals` are shares of “all”, “captions” or a group; the card says which hold.
    """

    path: Text
    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 8
    pack: Annotated[int, Field(ge=1, le=1000)] = 1
    groups: dict[Text, list[Text]] = {}
    captions: CaptionSpec | None = None
    generated: Annotated[int, Field(ge=0, le=100_000)] = 0
    goals: dict[Text, Share] = {}

    @model_validator(mode="after")
    def known(self) -> "EvaluationSpec":
        asked = [("captions.words", name) for name in (self.captions.words if self.captions else [])]
        asked += [("goals", name) for name in self.goals if name != ALL and (name != CAPTIONS or not self.captions)]
        for where, name in asked:
            if name not in self.groups:
                raise PydanticCustomError("no_group", f"{where}: there is no group “{name}” in “groups”")
        return self


class Recipe(Strict):
    """`limits` says in the card what the model can't do."""

    model: Architecture | Further
    stages: Annotated[list[Stage], Field(min_length=1, max_length=50)]
    evaluation: EvaluationSpec | None = None
    limits: Annotated[str, StringConstraints(min_length=1, max_length=5000)] | None = None

    @model_validator(mode="after")
    def distinct(self) -> "Recipe":
        names = [stage.id for stage in self.stages]
        if len(names) != len(set(names)):
            raise PydanticCustomError("same_id", "two stages have the same id")
        return self

    @property
    def paths(self) -> Iterator[tuple[str, str]]:
        """Every folder and file that is read, by its key: weights and rows. Pictures lie below their rows' folder."""
        if isinstance(self.model, Further):
            yield "model.base", self.model.base
        else:
            sources = {"encoder": self.model.encoder.source, "llm": self.model.llm.source}
            yield from [(f"model.{part}.source", source) for part, source in sources.items() if source]
        yield from [(f"stages.{place}", path) for place, stage in enumerate(self.stages) for path in stage.paths]
        if self.evaluation is not None:
            yield "evaluation.path", self.evaluation.path
            yield from [("evaluation.captions.path", spec.path)] if (spec := self.evaluation.captions) else []

    def outside(self, folder: Path) -> list[tuple[str, str]]:
        """Those of `paths` that don't lie in `folder`, where they begin."""
        whole = folder.resolve()
        return [(key, path) for key, path in self.paths if not (whole / path).resolve().is_relative_to(whole)]


class BuildRecipe(Recipe):
    model: Architecture

    @model_validator(mode="after")
    def merged(self) -> "BuildRecipe":
        if any(stage.train.lora and not stage.train.lora.merge for stage in self.stages):
            raise PydanticCustomError("no_base", "only a model with “base” can keep its LoRA apart (merge: false)")
        return self


class FurtherRecipe(Recipe):
    model: Further

    @model_validator(mode="after")
    def kept_apart(self) -> "FurtherRecipe":
        trained = [stage.train for stage in self.stages]
        apart = any(train.lora and not train.lora.merge for train in trained)
        if apart and (len(trained) > 1 or trained[0].adapter or trained[0].encoder):
            raise PydanticCustomError("lora_alone", "“merge: false” needs a single stage that trains nothing but lora")
        return self


def parse_recipe(source: str) -> Recipe:
    """Raises SpecError with every problem, by line and key."""
    values = read_yaml(source).values
    model = values.get("model") if isinstance(values, dict) else None
    return parse_document(source, FurtherRecipe if isinstance(model, dict) and "base" in model else BuildRecipe)


def read_recipe(file: Path) -> Recipe:
    """A file, or the name of one in `inference/vlm/recipes`. Raises SpecError, OSError."""
    return parse_recipe(found(file).read_text())


def read_architecture(file: Path) -> Architecture | Further:
    """An architecture, or the model of a recipe. Raises SpecError, OSError."""
    text = found(file).read_text()
    values = read_yaml(text).values
    is_recipe = isinstance(values, dict) and "model" in values
    return parse_recipe(text).model if is_recipe else parse_architecture(text)


def found(file: Path) -> Path:
    shipped = SHIPPED / f"{file}.yaml"
    return shipped if shipped.is_file() and not file.is_file() else file
