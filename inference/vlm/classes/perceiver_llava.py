"""LLaVA with Idefics2's connector in the place of its projector: a perceiver resampler (Jaegle et al. 2021), in which
a few learned latents look at all patches.
"""

from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModelForImageTextToText, LlavaConfig, LlavaForConditionalGeneration
from transformers.configuration_utils import SubConfigSpec
from transformers.models.idefics2.configuration_idefics2 import Idefics2PerceiverConfig
from transformers.models.idefics2.modeling_idefics2 import Idefics2Connector


class PerceiverLlavaConfig(LlavaConfig):  # type: ignore[no-untyped-call]
    model_type = "perceiver_llava"
    sub_configs_defaults = {
        **LlavaConfig.sub_configs_defaults,
        "perceiver_config": SubConfigSpec(config_class=Idefics2PerceiverConfig),
    }

    perceiver_config: Any = None


class PerceiverProjector(Idefics2Connector):
    def forward(self, image_hidden_states: Tensor, attention_mask: Tensor | None = None) -> Any:
        """(pictures, patches, width of the encoder) to (pictures, latents, width of the LLM). All patches are seen."""
        seen = torch.ones(image_hidden_states.shape[:2], dtype=torch.bool, device=image_hidden_states.device)
        return super().forward(image_hidden_states, seen)  # type: ignore[no-untyped-call]


class PerceiverLlava(LlavaForConditionalGeneration):
    config_class = PerceiverLlavaConfig

    def __init__(self, config: PerceiverLlavaConfig) -> None:
        super().__init__(config)
        self.model.multi_modal_projector = PerceiverProjector(config)  # type: ignore[no-untyped-call]
        self.post_init()  # type: ignore[no-untyped-call]

    def part_latents(self) -> None:
        """The library begins with latents that are all the same, which then learn the same."""
        nn.init.normal_(self.model.multi_modal_projector.perceiver_resampler.latents)


AutoConfig.register(PerceiverLlavaConfig.model_type, PerceiverLlavaConfig)
AutoModelForImageTextToText.register(PerceiverLlavaConfig, PerceiverLlava)
