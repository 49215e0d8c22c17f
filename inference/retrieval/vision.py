"""Pictures as vectors by a vision model of transformers: CLIP, SigLIP, DINOv2 and their like. Imports torch."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModel

from inference.errors import ModelUnavailable
from inference.retrieval.encoders import Matrix, weights_record

BATCH = 16
SIDE = 768  # pictures are kept no larger than this until their batch is encoded


class VisionEncoder:
    """float32 on a CPU: a batch's size changes no vector by more than rounding."""

    def __init__(self, model: Any, processor: Any, record: Mapping[str, Any]) -> None:
        self.model, self.processor, self.record = model, processor, record

    def prepare(self, picture: Image.Image) -> Any:
        small = picture.copy()
        small.thumbnail((SIDE, SIDE), Image.Resampling.BICUBIC)
        return small

    def encode(self, prepared: Sequence[Any]) -> Matrix:
        parts = [self.encode_batch(prepared[start : start + BATCH]) for start in range(0, len(prepared), BATCH)]
        return torch.cat(parts).numpy()

    def encode_batch(self, pictures: Sequence[Any]) -> torch.Tensor:
        inputs = self.processor(images=list(pictures), return_tensors="pt")
        with torch.inference_mode():
            features = pooled(self.model, inputs)
        return torch.nn.functional.normalize(features.float(), dim=-1).cpu()


def pooled(model: Any, inputs: Mapping[str, Any]) -> torch.Tensor:
    """One row per picture: the projection where the model has one, else its pooled or first token."""
    found: Any
    if hasattr(model, "get_image_features"):
        found = model.get_image_features(pixel_values=inputs["pixel_values"])
    else:
        found = model(pixel_values=inputs["pixel_values"])
    if isinstance(found, torch.Tensor):
        return found
    pooler = getattr(found, "pooler_output", None)
    rows: torch.Tensor = found.last_hidden_state[:, 0] if pooler is None else pooler
    return rows


def load_vision(name: str, where: Mapping[str, Any]) -> VisionEncoder:
    """On the CPU, for a GPU's memory is the models'. `where`: see `locate`. Never runs code that comes with a model,
    never unpickles. Raises ModelUnavailable.
    """
    path, how = where["path"], {key: value for key, value in where.items() if key != "path"}
    try:
        model = AutoModel.from_pretrained(path, **how, dtype=torch.float32, use_safetensors=True)
        processor = AutoImageProcessor.from_pretrained(path, **how)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, ImportError, KeyError, RuntimeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ModelUnavailable(f"The picture encoder {name} can't be loaded: {reason}") from error
    return VisionEncoder(model.requires_grad_(False).train(False), processor, weights_record(name, where))
