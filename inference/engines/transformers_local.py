"""Models in this process: any AutoModelForCausalLM or AutoModelForImageTextToText, on a GPU or a CPU.

torch is imported when a model is loaded, never with this file: the web process reads what engines there are.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from inference.declare import Engine, Fault
from inference.spec.model import COMMIT, WHEEL_SOURCES, ModelSpec

if TYPE_CHECKING:
    from inference.declare import Model


def load(spec: ModelSpec, model_dir: Path) -> "Model":
    from inference.models.local import LocalModel
    from inference.models.weights import load_weights

    return LocalModel(load_weights(spec, model_dir), spec.batch_size, spec.context_tokens)


def check(spec: ModelSpec) -> Iterator[Fault]:
    if not (spec.is_hub or spec.is_wheel or spec.source.startswith(("/", "./"))):
        yield "source", "bad_source", {"wheels": ", ".join(WHEEL_SOURCES)}
    elif spec.is_hub and spec.revision is None:
        yield "source", "revision_needed", {}
    elif spec.is_hub and not COMMIT.match(spec.revision or ""):
        yield "revision", "revision_floating", {"value": spec.revision}
    elif not spec.is_hub and spec.revision is not None:
        yield "revision", "revision_useless", {}
    if spec.lora is not None and not spec.lora.startswith(("/", "./")):
        yield "lora", "lora_folder", {}


engine = Engine(
    name="transformers",
    load=load,
    keys=frozenset({"dtype", "device", "quantisation", "context_tokens", "lora"}),
    check=check,
)
