"""From an architecture to a model and its processor, and to a folder that pipelines load like any other model's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from inference.errors import ModelUnavailable, SpecError, SpecProblem
from inference.vlm.adapters import Adapter, adapters
from inference.vlm.architecture import Architecture
from inference.vlm.parts import REFUSED, load_parts


@dataclass
class Vlm:
    """A built model. `processor` writes prompts and pictures as the model reads them."""

    architecture: Architecture
    adapter: Adapter
    model: Any
    processor: Any

    def save(self, folder: Path) -> None:
        """As `save_pretrained` writes it: `source: ./…` of a pipeline's model loads the folder."""
        self.model.save_pretrained(folder)
        self.processor.save_pretrained(folder)

    @property
    def encoder(self) -> Any:
        """The module that reads pictures."""
        called = self.adapter.roles["encoder"]
        return next(found for name, found in self.model.named_modules() if name.rpartition(".")[2] in called)

    def parameters(self, role: str) -> list[tuple[str, Any]]:
        """Those of the encoder, the adapter or the LLM, by name."""
        return [(name, value) for name, value in self.model.named_parameters() if self.adapter.role(name) == role]


def build_vlm(architecture: Architecture, model_dir: Path) -> Vlm:
    """Raises SpecError for what the YAML says wrong, ModelUnavailable for parts that can't be had or don't fit."""
    adapter, options = adapter_of(architecture)
    parts = load_parts(architecture, model_dir)
    try:
        model, processor = adapter.build(parts, options)
    except REFUSED as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(f"The parts don't fit together with the adapter {adapter.name}: {reason}") from error
    return Vlm(architecture, adapter, model, processor)


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
