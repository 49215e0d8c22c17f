"""How much memory a model needs, from the headers of its files and its config: no weights are read."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import torch
from huggingface_hub import HfApi
from huggingface_hub.errors import EntryNotFoundError, NotASafetensorsRepoError, SafetensorsParsingError
from transformers import AutoConfig

from inference.errors import ModelUnavailable
from inference.models.free_memory import free_bytes, gigabytes
from inference.spec.model import ModelSpec

logger = logging.getLogger(__name__)
SHORT_ANSWER_TOKENS = 512  # prompt and answer of a row, where nothing else is known: few real tasks need less
HEADER_BYTES = 100_000_000
ITEM_BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2}
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError)  # what `estimate` raises for files of others
QUANTISED_BYTES = {"8bit": 1.0, "4bit": 0.5 + 4 / 64}  # NF4 keeps a float32 scale for every 64 weights


@dataclass(frozen=True)
class Tensor:
    name: str
    dtype: str  # as safetensors names it
    shape: tuple[int, ...]

    @property
    def items(self) -> int:
        count = 1
        for size in self.shape:
            count *= size
        return count


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes. `least` is what no run can do without: weights, and keys and values of `rows` short prompts and answers.
    `most` lets every row fill the context. Neither holds activations and pictures: allow a tenth more.
    """

    weights: int
    cache_per_token: int
    rows: int
    least_tokens: int
    most_tokens: int

    @property
    def least(self) -> int:
        return self.weights + self.cache_per_token * self.rows * self.least_tokens

    @property
    def most(self) -> int:
        return self.weights + self.cache_per_token * self.rows * self.most_tokens


def refuse_what_cannot_fit(spec: ModelSpec, where: Mapping[str, Any], dtype: torch.dtype, device: torch.device) -> None:
    """Raises ModelUnavailable with the numbers and what would help. An estimate that can't be had stops nothing."""
    try:
        need = estimate(spec, where, dtype)
    except UNREADABLE as error:
        logger.info("no estimate of the memory of %s: %s", spec.source, error)
        return
    free = free_bytes(device)
    if need.least > free:
        raise ModelUnavailable(
            f"The model {spec.source} can't fit: it needs at least {gigabytes(need.least)} on {device} "
            f"(weights {gigabytes(need.weights)}, and {gigabytes(need.least - need.weights)} for {need.rows} answers "
            f"of {need.least_tokens} tokens), but {gigabytes(free)} are free. {remedies(spec, dtype, device)}"
        )


def remedies(spec: ModelSpec, dtype: torch.dtype, device: torch.device) -> str:
    helps = ["a smaller batch_size"] if spec.batch_size > 1 else []
    helps += ["a smaller context_tokens"] if spec.context_tokens else []
    helps += ["dtype: bfloat16"] if dtype is torch.float32 else []
    helps += ["quantisation: 4bit"] if device.type == "cuda" and spec.quantisation != "4bit" else []
    return f"Use {', '.join([*helps, 'a smaller model'])} or a worker with more memory."


def estimate(spec: ModelSpec, where: Mapping[str, Any], dtype: torch.dtype) -> MemoryNeed:
    """`where` as `locate` gives it. Raises one of UNREADABLE."""
    places = {name: value for name, value in where.items() if name != "path"}
    config = AutoConfig.from_pretrained(where["path"], **places)
    tensors = hub_tensors(spec, where) if spec.is_hub else folder_tensors(Path(where["path"]))
    text = config.get_text_config()
    context = int(getattr(text, "max_position_embeddings", None) or SHORT_ANSWER_TOKENS)
    keeps_files = getattr(config, "quantization_config", None) is not None
    return MemoryNeed(
        weights=weights_bytes(tensors, dtype.itemsize, "as stored" if keeps_files else spec.quantisation),
        cache_per_token=cache_bytes(text, dtype.itemsize),
        rows=spec.batch_size,
        least_tokens=min(spec.context_tokens or SHORT_ANSWER_TOKENS, context),
        most_tokens=min(spec.context_tokens or context, context),
    )


def weights_bytes(tensors: Iterable[Tensor], item_bytes: int, quantisation: str | None) -> int:
    """Floating tensors take `item_bytes` an item once loaded, matrices of linear layers less where they are quantised;
    others, and those of a model that is stored quantised, stay as they are.
    """
    total = 0.0
    for tensor in tensors:
        is_float = tensor.dtype.startswith(("F", "BF"))
        if quantisation == "as stored" or not is_float:
            total += tensor.items * ITEM_BYTES.get(tensor.dtype, 1)
        elif quantisation is not None and is_linear(tensor):
            total += tensor.items * QUANTISED_BYTES[quantisation]
        else:
            total += tensor.items * item_bytes
    return round(total)


def is_linear(tensor: Tensor) -> bool:
    return len(tensor.shape) == 2 and not any(part in tensor.name for part in ("embed", "lm_head", "norm"))


def cache_bytes(text: Any, item_bytes: int) -> int:
    """Keys and values of one token: 2 × attention layers × key-value heads × size of a head."""
    heads = getattr(text, "num_attention_heads", 0)
    kv_heads = getattr(text, "num_key_value_heads", None) or heads
    head_dim = getattr(text, "head_dim", None) or (text.hidden_size // heads if heads else 0)
    kinds = getattr(text, "layer_types", None) or ["full_attention"] * int(getattr(text, "num_hidden_layers", 0))
    return 2 * sum("attention" in kind and "linear" not in kind for kind in kinds) * kv_heads * head_dim * item_bytes


def folder_tensors(folder: Path) -> Iterator[Tensor]:
    """The files that from_pretrained would open: one, or those that its index names."""
    index = folder / "model.safetensors.index.json"
    names = {"model.safetensors"}
    if not (folder / "model.safetensors").exists() and index.exists():
        names = set(json.loads(index.read_text())["weight_map"].values())
    for name in sorted(names):
        yield from file_tensors(folder / name)


def file_tensors(path: Path) -> Iterator[Tensor]:
    """A safetensors file begins with the length of its header as 8 bytes, little-endian, and the header as JSON."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > HEADER_BYTES:
            raise ValueError(f"{path.name} is no safetensors file")
        header = json.loads(file.read(length))
    for name, facts in header.items():
        if name != "__metadata__":
            yield Tensor(name, str(facts["dtype"]), tuple(int(size) for size in facts["shape"]))


def hub_tensors(spec: ModelSpec, where: Mapping[str, Any]) -> Iterator[Tensor]:
    """From the cache, or from the headers alone over the network, before anything large is fetched."""
    folder = cached_snapshot(spec, where)
    if folder is not None and any(folder.glob("*.safetensors")):
        yield from folder_tensors(folder)
        return
    try:
        metadata = HfApi().get_safetensors_metadata(spec.source, revision=spec.revision)
    except (httpx2.HTTPError, NotASafetensorsRepoError, SafetensorsParsingError, EntryNotFoundError) as error:
        raise OSError(str(error)) from error
    for file in metadata.files_metadata.values():
        for name, facts in file.tensors.items():
            yield Tensor(name, facts.dtype, tuple(facts.shape))


def cached_snapshot(spec: ModelSpec, where: Mapping[str, Any]) -> Path | None:
    folder = Path(where["cache_dir"]) / f"models--{spec.source.replace('/', '--')}" / "snapshots" / str(spec.revision)
    return folder if folder.is_dir() else None
