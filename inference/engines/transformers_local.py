"""Models in this process: any AutoModelForCausalLM or AutoModelForImageTextToText, on a GPU or a CPU.

torch is imported when a model is loaded, never with this file: the web process reads what engines there are.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from inference.declare import Engine

if TYPE_CHECKING:
    from inference.declare import Model
    from inference.spec.model import ModelSpec


def load(spec: "ModelSpec", model_dir: Path) -> "Model":
    from inference.models.local import LocalModel
    from inference.models.weights import load_weights

    return LocalModel(load_weights(spec, model_dir), spec.batch_size)


engine = Engine(name="transformers", load=load)
