"""Cross-attention: layers between those of the LLM look at the picture, which takes one token of the prompt.

As in Llama 3.2 Vision (Grattafiori et al. 2024). The library's class brings its own copy of Llama's layers, so the LLM
must be a `llama`. It also brings a vision transformer, `mllama_vision_model`, which cuts pictures into tiles; any other
encoder sees a picture as one tile. New layers begin with closed gates: untrained, the model answers as its LLM does.
"""

from functools import partial
from typing import Annotated, Any

from PIL.Image import Image
from pydantic import Field
from torch import Tensor

from inference.errors import ModelUnavailable
from inference.spec.model import Strict
from inference.vlm.adapters import Adapter
from inference.vlm.adapters.llava import count_patches
from inference.vlm.making import made
from inference.vlm.parts import Parts

TILED = "mllama_vision_model"
SHARED = (
    "vocab_size", "hidden_size", "hidden_act", "num_attention_heads", "num_key_value_heads", "intermediate_size",
    "rope_parameters", "rms_norm_eps", "max_position_embeddings", "bos_token_id", "eos_token_id", "pad_token_id",
)  # fmt: skip


class CrossAttentionOptions(Strict):
    """A new layer before every `every`-th layer of the LLM, the first of them before layer `every`. `gate` is where
    its gates begin: 0 is closed, and slow to open where layers start from nothing; 1 lets three quarters pass (tanh).
    """

    every: Annotated[int, Field(ge=1, le=1000)] = 4
    gate: Annotated[float, Field(ge=0, le=3)] = 0.0


def build(parts: Parts, options: CrossAttentionOptions) -> tuple[Any, Any]:
    must_fit(parts)
    own = parts.llm.config
    places = new_layers(own.num_hidden_layers, options.every)
    text = {name: getattr(own, name) for name in SHARED} | {
        "num_hidden_layers": own.num_hidden_layers + len(places),
        "cross_attention_layers": places,
    }
    given = {"vision_config": parts.encoder.config, "text_config": text, "image_token_index": parts.image_token_id}
    model, encoder = tiled(given) if parts.encoder.config.model_type == TILED else one_tile(given, parts)
    encoder.load_state_dict(parts.encoder.state_dict())
    take_llm(model, parts.llm, places)
    open_gates(model, options.gate)
    model.generation_config = parts.llm.generation_config
    return model, processor(parts)


def tiled(given: dict[str, Any]) -> tuple[Any, Any]:
    """The model and its encoder."""
    from transformers import MllamaConfig, MllamaForConditionalGeneration

    model = made(partial(MllamaForConditionalGeneration, MllamaConfig(**given)))
    return model, model.model.vision_model


def one_tile(given: dict[str, Any], parts: Parts) -> tuple[Any, Any]:
    from inference.vlm.classes import OneTileMllama, OneTileMllamaConfig

    states = count_patches(parts.encoder, parts.image_size)
    model = made(partial(OneTileMllama, OneTileMllamaConfig(**given, image_states=states)))
    return model, model.model.vision_model.vision_tower


def must_fit(parts: Parts) -> None:
    given = parts.llm.config.model_type
    if given != "llama":
        raise ModelUnavailable(
            f"The adapter cross_attention needs an LLM of type llama, not {given}: give such a one, or take mlp."
        )


def new_layers(layers: int, every: int) -> list[int]:
    """Places of the new layers among all layers: with 6 layers and `every` 2, those are 2 and 5 of 8."""
    return [place + number for number, place in enumerate(range(every, layers, every))]


def open_gates(model: Any, gate: float) -> None:
    from torch.nn.init import constant_

    for name, value in model.named_parameters():
        if name.endswith(("cross_attn_attn_gate", "cross_attn_mlp_gate")):
            constant_(value, gate)


def take_llm(model: Any, llm: Any, places: list[int]) -> None:
    """The table of embeddings has 8 rows more than the vocabulary here; they stay as they are, nothing reads them."""
    import torch

    theirs, ours = llm.base_model, model.model.language_model
    kept = [layer for place, layer in enumerate(ours.layers) if place not in places]
    for layer, source in zip(kept, theirs.layers, strict=True):
        layer.load_state_dict(source.state_dict())
    ours.norm.load_state_dict(theirs.norm.state_dict())
    model.lm_head.load_state_dict(llm.get_output_embeddings().state_dict())
    with torch.no_grad():
        ours.embed_tokens.weight[: theirs.embed_tokens.weight.shape[0]] = theirs.embed_tokens.weight


def processor(parts: Parts) -> Any:
    """Pictures as one tile each, since a tile is as large as the encoder's picture."""
    from transformers import MllamaProcessor
    from transformers.models.mllama.image_processing_pil_mllama import MllamaImageProcessorPil

    if parts.tokenizer.bos_token is None:  # the processor wants prompts to hold one
        parts.tokenizer.bos_token = parts.tokenizer.eos_token
    pictures = MllamaImageProcessorPil(
        size={"height": parts.image_size, "width": parts.image_size},
        max_image_tiles=getattr(parts.encoder.config, "max_num_tiles", 1),
        image_mean=parts.image_processor.image_mean,
        image_std=parts.image_processor.image_std,
    )
    return MllamaProcessor(  # type: ignore[no-untyped-call]
        image_processor=pictures, tokenizer=parts.tokenizer, chat_template=parts.chat_template
    )


def pictures(processor: Any, rows: list[list[Image]], tokens: Tensor) -> dict[str, Tensor]:
    """Which places may look at which picture: those from its token on."""
    import torch
    from transformers.models.mllama import processing_mllama as theirs

    made = processor.image_processor(rows, return_tensors="pt")
    tiles = made.pop("num_tiles")
    spans = [theirs.get_cross_attention_token_mask(row.tolist(), processor.image_token_id) for row in tokens]
    mask = theirs.convert_sparse_cross_attention_mask_to_dense(
        spans, num_tiles=tiles, max_num_tiles=processor.image_processor.max_image_tiles, length=tokens.shape[1]
    )
    return {**made, "cross_attention_mask": torch.as_tensor(mask)}


def places(model: Any) -> tuple[str, ...]:
    """The new layers as a whole: attention, norms, gates and feed-forward."""
    return tuple(f"language_model.layers.{place}." for place in model.config.text_config.cross_attention_layers)


adapter = Adapter(
    name="cross_attention",
    family="cross-attention",
    config=CrossAttentionOptions,
    build=build,
    pictures=pictures,
    roles={"encoder": ("vision_tower", "vision_model"), "adapter": ("multi_modal_projector",)},
    places=places,
)
