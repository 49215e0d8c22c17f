"""Prompt-based with a perceiver resampler, as in Flamingo and Idefics: a few learned latents look at all patches
(Alayrac et al. 2022; Laurençon et al. 2024). Idefics2's own connector, with any encoder and any LLM.
"""

from functools import partial
from typing import Annotated, Any

from pydantic import Field

from inference.spec.model import Strict
from inference.vlm.adapters import Adapter
from inference.vlm.adapters.llava import count_patches, patch_size, pictures, processor, take_llm
from inference.vlm.making import made
from inference.vlm.parts import Parts

Size = Annotated[int, Field(ge=1, le=10_000)]


class PerceiverOptions(Strict):
    """`latents` are the image tokens of a picture; `heads` must be a multiple of `key_value_heads`."""

    latents: Size = 16
    depth: Annotated[int, Field(ge=1, le=200)] = 2
    heads: Size = 8
    head_dim: Size = 64
    key_value_heads: Size = 4
    feature_layer: int = -1


def build(parts: Parts, options: PerceiverOptions) -> tuple[Any, Any]:
    from transformers.models.idefics2.configuration_idefics2 import Idefics2PerceiverConfig

    from inference.vlm.classes import PerceiverLlava, PerceiverLlavaConfig

    text, vision = parts.llm.config, parts.encoder.config
    grid = (parts.image_size // patch_size(vision)) ** 2
    first_is_class = count_patches(parts.encoder, parts.image_size) == grid + 1
    perceiver = Idefics2PerceiverConfig(
        hidden_size=text.hidden_size,
        rms_norm_eps=getattr(text, "rms_norm_eps", 1e-6),
        resampler_n_latents=options.latents,
        resampler_depth=options.depth,
        resampler_n_heads=options.heads,
        resampler_head_dim=options.head_dim,
        num_key_value_heads=options.key_value_heads,
    )
    config = PerceiverLlavaConfig(
        vision_config=vision,
        text_config=text,
        perceiver_config=perceiver,
        image_token_index=parts.image_token_id,
        image_seq_length=options.latents,
        vision_feature_layer=options.feature_layer,
        vision_feature_select_strategy="default" if first_is_class else "full",
    )
    model = made(partial(PerceiverLlava, config))
    model.part_latents()
    model.model.vision_tower.load_state_dict(parts.encoder.state_dict())
    take_llm(model, parts.llm)
    return model, processor(parts, parts.image_size, options.latents - 1, "full")


adapter = Adapter(
    name="perceiver",
    family="prompt-based",
    config=PerceiverOptions,
    build=build,
    pictures=pictures,
    roles={"encoder": ("vision_tower",), "adapter": ("multi_modal_projector",)},
)
