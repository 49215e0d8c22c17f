"""A small image encoder that learns from scratch on a CPU: strided convolutions, each with batch norm and GELU.

Every layer halves the picture, so `image_size / 2 ** layers` squared patches come out. On a few thousand pictures it
learns in a minute what a vision transformer of its size needs many epochs for: neighbouring pixels belong together.
"""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling


class ConvolutionalVisionConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """`channels` of each layer; `hidden_size` (the last) and `patch_size` (2 per layer) follow from them."""

    model_type = "convolutional_vision"

    image_size: int = 64
    num_channels: int = 3
    channels: list[int] | tuple[int, ...] = (32, 64, 128, 192, 256)
    hidden_size: int = 256
    patch_size: int = 32

    def __post_init__(self, **kwargs: Any) -> None:
        self.channels = list(self.channels)
        self.hidden_size = self.channels[-1]
        self.patch_size = 2 ** len(self.channels)
        super().__post_init__(**kwargs)  # type: ignore[no-untyped-call]


class ConvolutionalVisionModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    config_class = ConvolutionalVisionConfig
    main_input_name = "pixel_values"
    input_modalities = "image"

    def __init__(self, config: ConvolutionalVisionConfig) -> None:
        super().__init__(config)
        sizes = [config.num_channels, *config.channels]
        self.layers = nn.ModuleList(layer(*pair) for pair in pairwise(sizes))
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(self, pixel_values: Tensor, **kwargs: Any) -> BaseModelOutputWithPooling:
        """`pixel_values` (pictures, channels, height, width); states (pictures, patches, hidden), row by row."""
        states = pixel_values
        for module in self.layers:
            states = module(states)
        patches = states.flatten(2).transpose(1, 2)
        return BaseModelOutputWithPooling(
            last_hidden_state=patches, pooler_output=patches.mean(dim=1), hidden_states=(patches,)
        )

    def train(self, mode: bool = True) -> "ConvolutionalVisionModel":
        """A frozen encoder keeps the means and variances it has learned, whatever the model around it does."""
        trained = any(parameter.requires_grad for parameter in self.parameters())
        return super().train(mode and trained)  # type: ignore[no-any-return]

    @torch.no_grad()
    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        else:
            super()._init_weights(module)  # type: ignore[no-untyped-call]


def layer(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=3, stride=2, padding=1), nn.BatchNorm2d(outputs), nn.GELU()
    )


AutoConfig.register(ConvolutionalVisionConfig.model_type, ConvolutionalVisionConfig)
AutoModel.register(ConvolutionalVisionConfig, ConvolutionalVisionModel)
