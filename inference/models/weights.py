"""Loading weights with transformers. Imports torch: only engines come here."""

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    BitsAndBytesConfig,
    GenerationConfig,
)

from inference.errors import ModelUnavailable, must_pass
from inference.models.free_memory import free_bytes
from inference.models.gguf import converted_folder
from inference.models.lora import add_lora, switch
from inference.models.memory import UNREADABLE, MemoryNeed, estimate, refuse_what_cannot_fit
from inference.models.processors import load_processor
from inference.models.provenance import record_of
from inference.models.replaced import FileState, folder_states
from inference.models.shipped import unpack_if_shipped
from inference.spec.model import ModelSpec
from inference.vlm import encoders  # noqa: F401  makes AutoModel know encoders of our own

LOADED: "WeakValueDictionary[tuple[str | tuple[FileState, ...], ...], Weights]" = WeakValueDictionary()
DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


@dataclass
class Weights:
    """A model in memory. `processor` makes its inputs; it is the tokenizer itself where the model reads text only.

    Several may be one `model` with a LoRA each: `lora` is its name there, and `base` is held so that it stays shared.
    """

    model: Any
    processor: Any
    tokenizer: Any
    reads_images: bool
    record: dict[str, Any]
    lora: str | None = None
    base: "Weights | None" = None

    def switch_on(self) -> None:
        """Before every batch: the model may have served a batch with another LoRA."""
        switch(self.model, self.lora)

    @property
    def end_tokens(self) -> set[int]:
        ends = self.model.generation_config.eos_token_id
        return set(ends) if isinstance(ends, list) else {ends}

    @property
    def context_tokens(self) -> int:
        return int(getattr(self.model.config.get_text_config(), "max_position_embeddings", None) or 1_000_000)


def load_weights(spec: ModelSpec, model_dir: Path) -> Weights:
    """Loaded once per process, whatever LoRAs lie on it, and freed when no runner holds it any more; anew when its
    folder was replaced, also while it was read. Raises ModelUnavailable.
    """
    unpack_if_shipped(spec.source, model_dir)
    files = folder_states([spec.source], model_dir)
    key = (spec.source, spec.revision or "", spec.dtype, spec.device, spec.quantisation or "", str(model_dir), files)
    found = LOADED.get(key) or read_weights(spec, model_dir)
    if folder_states([spec.source], model_dir) != files:
        return load_weights(spec, model_dir)
    LOADED[key] = found
    if spec.lora is None:
        return found
    name, record = add_lora(found.model, spec, model_dir)
    return replace(found, record={**found.record, "lora": record}, lora=name, base=found)


def read_weights(spec: ModelSpec, model_dir: Path) -> Weights:
    device = pick_device(spec.device)
    dtype = pick_dtype(spec.dtype, device)
    quantised = quantisation(spec, dtype, device)
    where = locate(spec, model_dir)
    refuse_what_cannot_fit(spec, where, dtype, device)
    try:
        weights = from_pretrained(where, dtype, device, quantised)
    except (OSError, ValueError, ImportError, KeyError, RuntimeError, MemoryError) as error:
        if must_pass(error):
            raise
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(f"The model {spec.source} can't be loaded: {reason} {remedy(spec)}") from error
    weights.record = record_of(spec, where, weights, dtype, device)
    return weights


def remedy(spec: ModelSpec) -> str:
    if spec.is_hub:
        return (
            "Check the id and the revision, that this machine reaches the hub, and HF_TOKEN for a closed model; or "
            f"download it elsewhere and give the folder: hf download {spec.source} --revision {spec.revision}"
        )
    return "The folder must hold config.json, safetensors and the tokenizer, as save_pretrained writes them."


def pick_device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    is_there = {"cuda": (device.index or 0) < torch.cuda.device_count(), "mps": torch.backends.mps.is_available()}
    if not is_there.get(device.type, True):
        raise ModelUnavailable(
            f"The device {name} is not there on this machine; use “device: auto” or a worker on one that has it."
        )
    return device


def pick_dtype(name: str, device: torch.device) -> torch.dtype:
    """float32 on a CPU: as fast as bfloat16 there, 2.8 times as fast at prefill, and the same answers in any batch."""
    if name != "auto":
        return DTYPES[name]
    return torch.float32 if device.type == "cpu" else torch.bfloat16


def quantisation(spec: ModelSpec, dtype: torch.dtype, device: torch.device) -> dict[str, Any]:
    """For from_pretrained. Raises ModelUnavailable where this machine can't do it; the model is never loaded whole
    instead.
    """
    if spec.quantisation is None:
        return {}
    if device.type != "cuda":
        raise ModelUnavailable(
            f"“quantisation: {spec.quantisation}” needs an NVIDIA GPU, and the device here is {device.type}. Remove "
            "the key, or let a worker with a GPU take the run."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise ModelUnavailable(
            f"“quantisation: {spec.quantisation}” needs the package bitsandbytes, which this worker lacks: "
            "pip install bitsandbytes"
        )
    nf4 = {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_compute_dtype": dtype}
    how = {"load_in_8bit": True} if spec.quantisation == "8bit" else nf4
    return {"quantization_config": BitsAndBytesConfig(**how)}  # type: ignore[no-untyped-call]


def locate(spec: ModelSpec, model_dir: Path) -> dict[str, Any]:
    """What from_pretrained needs to find the model."""
    if spec.is_hub:
        return {"path": spec.source, "revision": spec.revision, "cache_dir": model_dir / "hub"}
    if spec.is_wheel:
        return {"path": converted_folder(spec.source.removeprefix("wheel:"), model_dir), "local_files_only": True}
    unpack_if_shipped(spec.source, model_dir)
    folder = (model_dir / spec.source).resolve()
    if not (folder / "config.json").is_file():
        raise ModelUnavailable(
            f"There is no model in {folder}. Put one there, for example by “hf download OWNER/MODEL --local-dir "
            f"{folder}”, or name another source in the definition. {remedy(spec)}"
        )
    return {"path": folder, "local_files_only": True}


def from_pretrained(
    where: dict[str, Any], dtype: torch.dtype, device: torch.device, quantised: dict[str, Any]
) -> Weights:
    """Never runs code that comes with a model, never unpickles."""
    where = dict(where)
    path = where.pop("path")
    config = AutoConfig.from_pretrained(path, trust_remote_code=False, **where)
    if quantised and getattr(config, "quantization_config", None) is not None:
        raise ValueError("its weights are quantised already; remove “quantisation”.")
    reads_images = type(config) in AutoModelForImageTextToText._model_mapping
    kind = AutoModelForImageTextToText if reads_images else AutoModelForCausalLM
    placed = {} if device.type == "cpu" else {"device_map": str(device)}
    safe = {"use_safetensors": True, "trust_remote_code": False}
    model = kind.from_pretrained(path, **where, dtype=dtype, **safe, **placed, **quantised)
    model.requires_grad_(False).train(False)
    processor = load_processor(path, where, reads_images=reads_images)
    tokenizer = processor.tokenizer if reads_images else processor
    tokenizer.padding_side = "left"  # after every load: what was saved is not kept
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model.generation_config = plain_generation(model, tokenizer)
    return Weights(model, processor, tokenizer, reads_images, {})


def plain_generation(model: Any, tokenizer: Any) -> GenerationConfig:
    """Only where to stop is taken from the model; how to sample is the revision's."""
    ends = model.generation_config.eos_token_id if model.generation_config else None
    ends = tokenizer.eos_token_id if ends is None else ends
    return GenerationConfig(  # type: ignore[no-untyped-call]
        eos_token_id=ends, pad_token_id=tokenizer.pad_token_id, do_sample=False
    )


def memory_of(spec: ModelSpec, model_dir: Path) -> tuple[MemoryNeed, torch.device, int]:
    """What the model needs, the device it would go to and the bytes that are free there now; nothing is loaded.

    Raises ModelUnavailable, also when its files can't be read.
    """
    device = pick_device(spec.device)
    dtype = pick_dtype(spec.dtype, device)
    where = locate(spec, model_dir)
    try:
        return estimate(spec, where, dtype), device, free_bytes(device)
    except UNREADABLE as error:
        raise ModelUnavailable(f"The files of {spec.source} can't be read: {error} {remedy(spec)}") from error
