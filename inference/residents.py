"""The models that a process keeps in memory: those of the pipeline it last made a runner for."""

import gc
import json
from collections.abc import Mapping
from pathlib import Path

from inference.declare import Model
from inference.engines import engines
from inference.models.replaced import folder_states
from inference.models.shipped import unpack_if_shipped
from inference.spec.model import ModelSpec

_held: dict[tuple[str, str], Model] = {}  # by weights and batch size


def load_models(specs: Mapping[str, ModelSpec], model_dir: Path) -> dict[str, Model]:
    """By the pipeline's names. A process that goes to and fro between pipelines with a model in common loads it once.

    Models that `specs` does not name are let go before one is loaded, since both may not fit; a runner that is still
    held keeps its own. Not thread-safe. Raises ModelUnavailable.
    """
    keys = {name: (weights_key(spec, model_dir), spec.model_dump_json()) for name, spec in specs.items()}
    wanted = {weights for weights, _ in keys.values()}
    unwanted = [key for key in _held if key[0] not in wanted]
    for key in unwanted:
        del _held[key]
    if unwanted:
        gc.collect()
    models = {name: _held.get(keys[name]) or load(spec, model_dir) for name, spec in specs.items()}
    _held.clear()
    _held.update({keys[name]: model for name, model in models.items()})
    return models


def let_go_of_servers() -> None:
    """The models behind servers, so that the next runner asks each server anew who it is; weights stay."""
    remote = {name for name, engine in engines().items() if not engine.in_process}
    for key in [key for key in _held if json.loads(key[1])["engine"] in remote]:
        del _held[key]


def load(spec: ModelSpec, model_dir: Path) -> Model:
    return engines()[spec.engine].load(spec, model_dir)


def weights_key(spec: ModelSpec, model_dir: Path) -> str:
    """What says which weights are loaded, and how: all but the batch size. Another once a folder was replaced.

    Raises ModelUnavailable.
    """
    folders = [spec.source, spec.lora or ""]
    for folder in folders:
        unpack_if_shipped(folder, model_dir)
    files = folder_states(folders, model_dir)
    return f"{model_dir} {spec.model_dump_json(exclude={'batch_size'})} {files}"
