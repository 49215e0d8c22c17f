"""Whether a stage fits into memory, estimated before it starts."""

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image
from torch import Tensor, device, nn

from inference.errors import ModelUnavailable
from inference.models.free_memory import free_bytes, gigabytes
from inference.vlm.adapters.cross_attention import TILED
from inference.vlm.build import Vlm
from inference.vlm.recipe import Stage

FLOAT = 4
TILED_INPUTS = ("pixel_values", "aspect_ratio_ids", "aspect_ratio_mask")
KEPT_PER_LAYER = (
    34  # numbers kept for the backward pass for each token, layer and hidden unit (Korthikanti et al. 2023)
)


LOGITS = 3  # the LLM's head's numbers, their softmax and its gradient


@dataclass(frozen=True)
class Sizes:
    """Of one sample: tokens that the LLM's `layers` of width `hidden` read, numbers that its head writes, and bytes of
    its pictures with what the encoder keeps of them.
    """

    tokens: int = 0
    layers: int = 0
    hidden: int = 0
    logits: int = 0
    picture_bytes: int = 0


def stage_bytes(model: nn.Module, stage: Stage, sample: Sizes) -> int:
    """Weights; gradients and two moments of what is trained; activations of a batch."""
    weights = sum(value.numel() for value in model.parameters()) * FLOAT
    trained = sum(value.numel() for value in model.parameters() if value.requires_grad) * FLOAT * 3
    kept = sample.tokens * sample.layers * sample.hidden * KEPT_PER_LAYER // 2 * FLOAT
    return weights + trained + stage.batch_size * (kept + sample.logits * LOGITS * FLOAT + sample.picture_bytes)


def picture_bytes(vlm: Vlm, *, trained: bool) -> int:
    """Of one picture as the encoder reads it; where that is trained, with all that it keeps for the backward pass,
    measured on a blank picture.
    """
    token = vlm.processor.tokenizer.convert_tokens_to_ids(vlm.architecture.image_token)
    inputs = vlm.adapter.pictures(vlm.processor, [[Image.new("RGB", (64, 64))]], torch.tensor([[token]]))
    pixels = inputs["pixel_values"]
    shown: dict[str, Any] = {name: inputs[name] for name in TILED_INPUTS if name in inputs}
    if vlm.model.config.vision_config.model_type != TILED:
        shown = {"pixel_values": pixels.flatten(0, -4)}
    return pixels.numel() * FLOAT + (kept_bytes(vlm.encoder, shown) if trained else 0)


def kept_bytes(encoder: nn.Module, inputs: dict[str, Any]) -> int:
    """Activations alone: weights are there once, however many pictures are shown."""
    weights = {value.untyped_storage().data_ptr() for value in encoder.parameters()}
    kept = 0

    def count(value: Tensor) -> Tensor:
        nonlocal kept
        kept += value.numel() * value.element_size() if value.untyped_storage().data_ptr() not in weights else 0
        return value

    was_training = encoder.training
    encoder.train(False)  # a single picture must not move what batch norm has learned
    with torch.autograd.graph.saved_tensors_hooks(count, lambda value: value):
        encoder(**{name: value.to(next(encoder.parameters()).device) for name, value in inputs.items()})
    encoder.train(was_training)
    return kept


def refuse_what_cannot_fit(need: int, loaded: int, on: device, stage: Stage) -> None:
    """`loaded` bytes of it are in memory already. Raises ModelUnavailable with what would help."""
    free = free_bytes(on) + loaded
    if need > free:
        raise ModelUnavailable(
            f"Stage {stage.id} can't fit: it needs about {gigabytes(need)} on {on}, but {gigabytes(free)} are free. "
            "Use a smaller batch_size with accumulate, a smaller pack, lora in place of llm, or a larger machine."
        )
