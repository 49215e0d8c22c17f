"""The record of a loaded model: what has to be the same for the same text to come out again."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import transformers

from inference.models.gguf import sha256_of
from inference.models.memory import cached_snapshot
from inference.models.pictures import MAX_SIDE

if TYPE_CHECKING:
    from inference.models.weights import Weights
    from inference.spec.model import ModelSpec

BLOB = re.compile(r"^[0-9a-f]{64}$")
NOT_THE_MODEL = frozenset({"_name_or_path", "transformers_version"})  # of a config: where it lay, who wrote it


def record_of(
    spec: ModelSpec, where: dict[str, Any], weights: Weights, dtype: torch.dtype, device: torch.device
) -> dict[str, Any]:
    folder = cached_snapshot(spec, where) if spec.is_hub else Path(where["path"])
    files = sorted(folder.glob("*.safetensors")) if folder is not None else []
    record = {
        "engine": spec.engine,
        "source": spec.source,
        "revision": spec.revision,
        "files": {file.name: file_hash(file) for file in files},
        "config_sha256": text_hash(
            json.dumps(plain_config(weights.model.config.to_dict()), sort_keys=True, default=str)
        ),
        "adapter_sha256": adapter_hash(folder),
        "class": type(weights.model).__name__,
        "dtype": str(dtype).removeprefix("torch."),
        "quantisation": spec.quantisation,
        "attention": getattr(weights.model.config, "_attn_implementation", None),
        "end_tokens": sorted(weights.end_tokens),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "libraries": {"torch": torch.__version__, "transformers": transformers.__version__},
        "python": platform.python_version(),
        **processor_record(weights),
    }
    return {name: value for name, value in record.items() if value is not None}


def plain_config(config: Any) -> Any:
    """What decides the answer beside the weights: sizes of positions, norms, activations, at every level."""
    if isinstance(config, dict):
        return {str(name): plain_config(value) for name, value in config.items() if name not in NOT_THE_MODEL}
    return [plain_config(value) for value in config] if isinstance(config, list | tuple) else config


def adapter_hash(folder: Path | None) -> str | None:
    """Of how a LoRA adapter in the folder is scaled and placed; its weights are among the files."""
    path = folder / "adapter_config.json" if folder is not None else None
    return sha256_of(path) if path is not None and path.is_file() else None


def file_hash(path: Path) -> str:
    """SHA-256 (hex). The hub's cache names a large file by it, so that weights need not be read twice."""
    name = path.resolve().name
    return name if path.is_symlink() and BLOB.match(name) else sha256_of(path)


def processor_record(weights: Weights) -> dict[str, Any]:
    """Class names matter: processors on torchvision and on Pillow give other pixels, even other numbers of tokens."""
    record = {
        "processor": type(weights.processor).__name__,
        "tokenizer_sha256": text_hash(tokenizer_text(weights.tokenizer)),
        "chat_template_sha256": text_hash(json.dumps(getattr(weights.processor, "chat_template", None))),
    }
    pictures = getattr(weights.processor, "image_processor", None)
    if pictures is None:
        return record
    settings = text_hash(pictures.to_json_string())
    return {
        **record,
        "image_processor": type(pictures).__name__,
        "image_processor_sha256": settings,
        "largest_picture_side": MAX_SIDE,
    }


def tokenizer_text(tokenizer: Any) -> str:
    """All of a tokenizer but how it pads and cuts, which is ours; of one without a file of its own, the vocabulary."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return json.dumps(tokenizer.get_vocab(), sort_keys=True)
    whole = json.loads(backend.to_str())
    return json.dumps({name: value for name, value in whole.items() if name not in {"padding", "truncation"}})


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
