"""LoRA (Hu et al. 2021): several low-rank updates share one model in memory, and each batch switches its own on.

A folder as peft's `save_pretrained` writes it. One that was trained here also holds `base.json`: some numbers of the
layers that it updates, so that it is not laid on a model that it was not made for.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from inference.errors import ModelUnavailable, must_pass
from inference.models.gguf import sha256_of
from inference.models.shipped import unpack_if_shipped

if TYPE_CHECKING:
    from inference.spec.model import ModelSpec

CONFIG, UPDATE, BASE = "adapter_config.json", "adapter_model.safetensors", "base.json"
SAMPLED = 8  # numbers of each layer
Sample = Mapping[str, list[float]]


def add_lora(model: Any, spec: "ModelSpec", model_dir: Path) -> tuple[str, dict[str, Any]]:
    """Lays the LoRA of `spec` on `model`, unless it is there. Gives the name by which it is switched on, which is its
    content's, and its record. Raises ModelUnavailable.
    """
    unpack_if_shipped(spec.lora or "", model_dir)
    folder = (model_dir / (spec.lora or "")).resolve()
    hashes = {name: hash_in(folder, name, spec) for name in (CONFIG, UPDATE)}
    name = "lora_" + "".join(digest[:8] for digest in hashes.values())
    if name not in getattr(model, "peft_config", {}):
        refuse_another_base(model, folder, spec)
        lay_on(model, folder, name, spec)
    return name, {"source": spec.lora, "files": hashes}


def hash_in(folder: Path, name: str, spec: "ModelSpec") -> str:
    try:
        return sha256_of(folder / name)
    except OSError as error:
        raise ModelUnavailable(
            f"There is no LoRA in {folder}: {name} can't be read. It must hold {CONFIG} and {UPDATE}, as peft writes "
            f"them, for example by “manage.py vlm train”; or remove “lora: {spec.lora}”."
        ) from error


def lay_on(model: Any, folder: Path, name: str, spec: "ModelSpec") -> None:
    """The model computes as before until the update is switched on."""
    from peft import inject_adapter_in_model, set_peft_model_state_dict

    try:
        update = load_file(folder / UPDATE)
        inject_adapter_in_model(plain_config(folder), model, name)
        told = set_peft_model_state_dict(model, update, name)
        must_fit(told, name)
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, AttributeError, SafetensorError) as error:
        if must_pass(error):
            raise
        take_off(model, name)
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(f"The LoRA {spec.lora} can't be laid on {spec.source}: {reason}") from error
    model.requires_grad_(False).train(False)


def must_fit(told: Any, name: str) -> None:
    astray = [key for key in told.missing_keys if name in key] + list(told.unexpected_keys)
    if astray:
        raise ValueError(f"it does not fit at {astray[0]}")


def take_off(model: Any, name: str) -> None:
    from peft.functional import delete_adapter

    if getattr(model, "peft_config", {}).pop(name, None) is not None:
        delete_adapter(model, name, prefix="lora_")


def plain_config(folder: Path) -> Any:
    """Never one whose initialisation would change the base that others share. Raises ValueError."""
    from peft import LoraConfig

    kind = json.loads((folder / CONFIG).read_text()).get("peft_type")
    if kind != "LORA":
        raise ValueError(f"{CONFIG} is of the kind {kind}, not LoRA.")
    config = LoraConfig.from_pretrained(str(folder))
    config.init_lora_weights = True
    config.modules_to_save = None
    return config


def switch(model: Any, name: str | None) -> None:
    """From now on `model` computes with this LoRA, or as its base."""
    if not getattr(model, "peft_config", None):
        return
    from peft.tuners.tuners_utils import BaseTunerLayer

    for layer in model.modules():
        if isinstance(layer, BaseTunerLayer):
            layer.enable_adapters(name is not None)
            if name is not None:
                layer.set_adapter(name, inference_mode=True)


def sample(model: Any, layers: Iterable[str]) -> dict[str, list[float]]:
    """Numbers spread over each layer's weight; the same whether or not a LoRA lies on it."""
    found = {}
    for name in sorted(layers):
        weight = model.get_submodule(name).weight.detach().flatten()
        found[name] = weight[:: max(1, len(weight) // SAMPLED)][:SAMPLED].float().tolist()
    return found


def refuse_another_base(model: Any, folder: Path, spec: "ModelSpec") -> None:
    """Weights that were merged on another machine differ in their last digits; another training differs far more."""
    if not (folder / BASE).is_file() or spec.quantisation:
        return
    try:
        noted = json.loads((folder / BASE).read_text())
        layers = dict(noted["sample"])
        theirs = sample(model, layers)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise another_base(spec, f"{error}") from error
    close = max(1e-4, 4 * torch.finfo(model.dtype).eps)
    for name, wanted in layers.items():
        if not torch.allclose(torch.tensor(theirs[name]), torch.tensor(wanted), rtol=close, atol=1e-5):
            raise another_base(spec, f"{name} has other weights, and it was made on {noted.get('source')}")


def another_base(spec: "ModelSpec", reason: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The LoRA {spec.lora} was made for another model than {spec.source}: {reason}. Name the base that it was made "
        "for as “source”, or train the LoRA again on this one."
    )


def write_base(folder: Path, source: str, made_on: Sample) -> None:
    (folder / BASE).write_text(json.dumps({"source": source, "sample": made_on}) + "\n")
