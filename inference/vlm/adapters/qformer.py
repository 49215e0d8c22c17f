"""Prompt-based with a Q-Former: a few learned queries look at all patches (BLIP-2: Li et al. 2023).

The library's class brings its own vision transformer, so the encoder's `model_type` must be `blip_2_vision_model`.
"""

from functools import partial
from typing import Annotated, Any

from pydantic import Field

from inference.errors import ModelUnavailable
from inference.spec.model import Strict
from inference.vlm.adapters import Adapter
from inference.vlm.adapters.llava import pictures, processor
from inference.vlm.making import made
from inference.vlm.parts import Parts

Size = Annotated[int, Field(ge=1, le=100_000)]


class QFormerOptions(Strict):
    queries: Size = 32
    hidden_size: Size = 768
    layers: Annotated[int, Field(ge=1, le=200)] = 12
    heads: Size = 12
    intermediate_size: Size = 3072


def build(parts: Parts, options: QFormerOptions) -> tuple[Any, Any]:
    from transformers import Blip2Config, Blip2ForConditionalGeneration, Blip2QFormerConfig

    vision = parts.encoder.config
    if vision.model_type != "blip_2_vision_model":
        raise ModelUnavailable(
            f"The adapter qformer needs an encoder of type blip_2_vision_model, not {vision.model_type}: give such an "
            "encoder, or use the adapter mlp."
        )
    qformer = Blip2QFormerConfig(
        hidden_size=options.hidden_size,
        num_hidden_layers=options.layers,
        num_attention_heads=options.heads,
        intermediate_size=options.intermediate_size,
        encoder_hidden_size=vision.hidden_size,
    )
    config = Blip2Config(
        vision_config=vision,
        qformer_config=qformer,
        text_config=parts.llm.config,
        num_query_tokens=options.queries,
        image_token_index=parts.image_token_id,
    )
    model = made(partial(Blip2ForConditionalGeneration, config))
    model.vision_model.load_state_dict(parts.encoder.state_dict())
    model.language_model.load_state_dict(parts.llm.state_dict())
    model.generation_config = parts.llm.generation_config
    return model, processor(parts, parts.image_size, options.queries - 1, "full")


adapter = Adapter(
    name="qformer",
    family="prompt-based",
    config=QFormerOptions,
    build=build,
    pictures=pictures,
    roles={"encoder": ("vision_model",), "adapter": ("qformer", "query_tokens", "language_projection")},
)
