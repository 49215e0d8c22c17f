"""A linear map, as in the first LLaVA (Liu et al. 2023): LLaVA's two layers without the GELU between them."""

from dataclasses import replace
from typing import Any

from inference.vlm.adapters.llava import LlavaOptions, build_llava
from inference.vlm.adapters.mlp import adapter as mlp
from inference.vlm.parts import Parts


def build(parts: Parts, options: LlavaOptions) -> tuple[Any, Any]:
    return build_llava(parts, options, "linear")


adapter = replace(mlp, name="linear", build=build)
