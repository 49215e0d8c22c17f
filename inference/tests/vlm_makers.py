"""Architectures small enough to build in a test, over an LLM of 30,000 random weights."""

from pathlib import Path
from typing import Any

from inference.tests.makers import make_text_model
from inference.vlm.architecture import Architecture, parse_architecture

CHAT = (
    "{% for message in messages %}<{{ message.role }}> {% if message.content is string %}{{ message.content }}"
    "{% else %}{% for part in message.content %}{% if part.type == 'image' %}<image> {% else %}{{ part.text }}"
    "{% endif %}{% endfor %}{% endif %} </s> {% endfor %}{% if add_generation_prompt %}<assistant> {% endif %}"
)
CONVOLUTIONAL = "{model_type: convolutional_vision, image_size: 16, channels: [8, 8, 16]}"
TRANSFORMER = (
    "{model_type: %s, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 4, "
    "image_size: 16, patch_size: 8}"
)
TILED = (
    "{model_type: mllama_vision_model, hidden_size: 32, attention_heads: 4, num_hidden_layers: 2, "
    "num_global_layers: 1, intermediate_size: 64, vision_output_dim: 64, image_size: 16, patch_size: 8, "
    "max_num_tiles: 1, supported_aspect_ratios: [[1, 1]], intermediate_layers_indices: [1]}"
)
QFORMER = "{kind: qformer, config: {queries: 3, hidden_size: 32, layers: 2, heads: 4, intermediate_size: 64}}"
KINDS = {
    "mlp": (CONVOLUTIONAL, "{kind: mlp}"),
    "linear": (TRANSFORMER % "clip_vision_model", "{kind: linear}"),
    "qformer": (TRANSFORMER % "blip_2_vision_model", QFORMER),
    "perceiver": (CONVOLUTIONAL, "{kind: perceiver, config: {latents: 3, heads: 4, head_dim: 8, key_value_heads: 2}}"),
    "cross_attention": (TILED, "{kind: cross_attention, config: {every: 1}}"),
    "one_tile": (CONVOLUTIONAL, "{kind: cross_attention, config: {every: 1}}"),
}


def architecture_yaml(kind: str = "mlp", llm: str = "./llm") -> str:
    encoder, adapter = KINDS[kind]
    return (
        f"name: tiny\nencoder:\n  config: {encoder}\nadapter: {adapter}\nllm:\n  source: {llm}\n"
        f'image_token: <image>\nchat_template: "{CHAT}"\n'
    )


def make_architecture(model_dir: Path, kind: str = "mlp") -> Architecture:
    if not (model_dir / "llm").exists():
        make_text_model(model_dir / "llm")
    return parse_architecture(architecture_yaml(kind))


def told(error: Any) -> str:
    return str(error.value)
