"""Two linear layers with a GELU between them, as in LLaVA-1.5 (Liu et al. 2024)."""

from inference.vlm.adapters import Adapter
from inference.vlm.adapters.llava import LlavaOptions, build, pictures

adapter = Adapter(
    name="mlp",
    family="prompt-based",
    config=LlavaOptions,
    build=build,
    pictures=pictures,
    roles={"encoder": ("vision_tower",), "adapter": ("multi_modal_projector",)},
)
