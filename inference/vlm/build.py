"""From an architecture to a model and its processor, and to a folder that pipelines load like any other model's."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from inference.errors import ModelUnavailable, SpecError, SpecProblem
from inference.models.lora import Sample, write_base
from inference.models.weights import from_pretrained, locate
from inference.spec.model import ModelSpec
from inference.vlm.adapters import Adapter, adapters
from inference.vlm.architecture import Architecture, Further
from inference.vlm.parts import REFUSED, load_parts


@dataclass(frozen=True)
class Lora:
    """`tuner` is peft's model; `base` the folder that it was trained on, `made_on` some of that model's numbers."""

    tuner: Any
    base: str
    made_on: Sample

    def save(self, folder: Path) -> None:
        self.tuner.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)
        write_base(folder, self.base, self.made_on)


@dataclass
class Vlm:
    """A built model. `processor` writes prompts and pictures as the model reads them. `base` is the folder of a model
    that is trained further; `lora` a trained update that is kept apart from it.
    """

    architecture: Architecture
    adapter: Adapter
    model: Any
    processor: Any
    base: str = ""
    lora: "Lora | None" = None

    def __post_init__(self) -> None:
        self.adapter = self.adapter.of(self.model)

    def save(self, folder: Path) -> None:
        """As `save_pretrained` writes it: `source: ./…` of a pipeline's model loads the folder, or `lora: ./…`."""
        if self.lora is not None:
            self.lora.save(folder)
            return
        self.model.save_pretrained(folder)
        self.processor.save_pretrained(folder)

    @property
    def encoder(self) -> Any:
        """The module that reads pictures."""
        modules = dict(self.model.named_modules())
        return next(
            found
            for called in self.adapter.roles["encoder"]
            for name, found in modules.items()
            if name.rpartition(".")[2] == called
        )

    def parameters(self, role: str) -> list[tuple[str, Any]]:
        """Those of the encoder, the adapter or the LLM, by name."""
        return [(name, value) for name, value in self.model.named_parameters() if self.adapter.role(name) == role]


def build_vlm(architecture: Architecture | Further, model_dir: Path) -> Vlm:
    """Raises SpecError for what the YAML says wrong, ModelUnavailable for parts that can't be had or don't fit."""
    if isinstance(architecture, Further):
        return load_finished(architecture, model_dir)
    adapter, options = adapter_of(architecture)
    parts = load_parts(architecture, model_dir)
    try:
        model, processor = adapter.build(parts, options)
    except REFUSED as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(f"The parts don't fit together with the adapter {adapter.name}: {reason}") from error
    return Vlm(architecture, adapter, model, processor)


def load_finished(further: Further, model_dir: Path) -> Vlm:
    """The model in the folder `base`, with the architecture that its card tells. Raises ModelUnavailable."""
    where = locate(ModelSpec(engine="transformers", source=further.base), model_dir)
    try:
        card = json.loads((where["path"] / "card.json").read_text())
        architecture = Architecture.model_validate(card.get("architecture") or card["recipe"]["model"])
        weights = from_pretrained(where, torch.float32, torch.device("cpu"), {})
    except (*REFUSED, ValidationError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(
            f"{further.base} is no finished model of this platform: {reason}. Train it (manage.py vlm train) or unpack "
            "the one that is shipped; its folder holds card.json beside the weights."
        ) from error
    return Vlm(architecture, adapter_of(architecture)[0], weights.model, weights.processor, further.base)


def adapter_of(architecture: Architecture) -> tuple[Adapter, Any]:
    known, kind = adapters(), architecture.adapter.kind
    if kind not in known:
        raise refused("adapter.kind", f"There is no adapter “{kind}”. Known: {', '.join(known)}.")
    try:
        return known[kind], known[kind].config.model_validate(architecture.adapter.config)
    except ValidationError as error:
        first = error.errors()[0]
        names = ", ".join(known[kind].config.model_fields)
        where = ".".join(["adapter.config", *map(str, first["loc"])])
        raise refused(where, f"{first['msg']}. The adapter {kind} knows: {names}.") from None


def refused(key: str, message: str) -> SpecError:
    return SpecError([SpecProblem(line=1, key=key, message=message)])
