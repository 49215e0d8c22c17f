"""Prompt-based, the simplest: each patch is projected to a token of the prompt (LLaVA: Liu et al. 2023, 2024)."""

from functools import partial
from typing import Any

from PIL.Image import Image
from torch import Tensor

from inference.spec.model import Strict
from inference.vlm.making import made
from inference.vlm.parts import Parts


class LlavaOptions(Strict):
    """`feature_layer` counts the encoder's hidden states, from the end when negative."""

    feature_layer: int = -1


def build(parts: Parts, options: LlavaOptions) -> tuple[Any, Any]:
    return build_llava(parts, options, "gelu")


def build_llava(parts: Parts, options: LlavaOptions, activation: str) -> tuple[Any, Any]:
    from transformers import LlavaConfig, LlavaForConditionalGeneration

    vision = parts.encoder.config
    patch = patch_size(vision)
    grid = (parts.image_size // patch) ** 2
    first_is_class = count_patches(parts.encoder, parts.image_size) == grid + 1
    config = LlavaConfig(
        vision_config=vision,
        text_config=parts.llm.config,
        image_token_index=parts.image_token_id,
        image_seq_length=grid,
        vision_feature_layer=options.feature_layer,
        vision_feature_select_strategy="default" if first_is_class else "full",
        projector_hidden_act=activation,
    )
    model = made(partial(LlavaForConditionalGeneration, config))
    model.model.vision_tower.load_state_dict(parts.encoder.state_dict())
    take_llm(model, parts.llm)
    return model, processor(parts, patch, 1 if first_is_class else 0, config.vision_feature_select_strategy)


def take_llm(model: Any, llm: Any) -> None:
    model.model.language_model.load_state_dict(llm.base_model.state_dict())
    model.lm_head.load_state_dict(llm.get_output_embeddings().state_dict())
    model.tie_weights()
    model.generation_config = llm.generation_config


def processor(parts: Parts, patch: int, extra: int, strategy: str) -> Any:
    """LLaVA's processor writes (size / patch)² + `extra` image tokens for a picture, one less for “default”."""
    from transformers import LlavaProcessor

    return LlavaProcessor(  # type: ignore[no-untyped-call]
        image_processor=parts.image_processor,
        tokenizer=parts.tokenizer,
        patch_size=patch,
        vision_feature_select_strategy=strategy,
        image_token=parts.image_token,
        num_additional_image_tokens=extra,
        chat_template=parts.chat_template,
    )


def pictures(processor: Any, rows: list[list[Image]], tokens: Tensor) -> dict[str, Tensor]:
    together = [picture for row in rows for picture in row]
    return {"pixel_values": processor.image_processor(together, return_tensors="pt")["pixel_values"]}


def patch_size(vision: Any) -> int:
    size = vision.patch_size
    return int(size[0] if isinstance(size, list | tuple) else size)


def count_patches(encoder: Any, size: int) -> int:
    """How many states the encoder gives for one picture; some give one more than patches, of the whole picture."""
    import torch

    was_training = encoder.training
    encoder.train(False)
    with torch.no_grad():
        states = encoder(torch.zeros(1, getattr(encoder.config, "num_channels", 3), size, size)).last_hidden_state
    encoder.train(was_training)
    return int(states.shape[1])
