"""Mllama (Llama 3.2 Vision) with any encoder, which sees each picture as one tile."""

from typing import Any

from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForImageTextToText,
    MllamaConfig,
    MllamaForConditionalGeneration,
)
from transformers.configuration_utils import SubConfigSpec
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.mllama.configuration_mllama import MllamaTextConfig
from transformers.models.mllama.modeling_mllama import MllamaModel, MllamaPreTrainedModel, MllamaTextModel


class OneTileMllamaConfig(MllamaConfig):  # type: ignore[no-untyped-call]
    """`image_states` is how many states the encoder gives for a picture."""

    model_type = "one_tile_mllama"
    sub_configs_defaults = {
        "text_config": SubConfigSpec(config_class=MllamaTextConfig),
        "vision_config": SubConfigSpec(config_class=AutoConfig, model_type="clip_vision_model"),
    }

    image_states: int = 4


class OneTile(nn.Module):
    """The encoder, called as Mllama calls its own."""

    def __init__(self, config: OneTileMllamaConfig) -> None:
        super().__init__()
        self.vision_tower = AutoModel.from_config(config.vision_config)  # type: ignore[no-untyped-call]
        self.num_patches = config.image_states

    def forward(self, pixel_values: Tensor, **aspects: Any) -> BaseModelOutput:
        """(rows, pictures, 1, channels, height, width) to states (rows, pictures, 1, `image_states`, width)."""
        states = self.vision_tower(pixel_values.flatten(0, 2)).last_hidden_state
        return BaseModelOutput(last_hidden_state=states.unflatten(0, pixel_values.shape[:3]))


class OneTileMllamaModel(MllamaModel):
    """As its parent is made, with another encoder."""

    config_class = OneTileMllamaConfig

    def __init__(self, config: OneTileMllamaConfig) -> None:
        MllamaPreTrainedModel.__init__(self, config)
        text: Any = config.text_config
        vision: Any = config.vision_config
        self.vocab_size, self.hidden_size = text.vocab_size, text.hidden_size
        self.vision_model = OneTile(config)
        self.language_model = MllamaTextModel._from_config(text)  # type: ignore[no-untyped-call]
        self.multi_modal_projector = nn.Linear(vision.hidden_size, text.hidden_size)
        self.post_init()  # type: ignore[no-untyped-call]


class OneTileMllama(MllamaForConditionalGeneration):
    config_class = OneTileMllamaConfig

    def __init__(self, config: OneTileMllamaConfig) -> None:
        MllamaPreTrainedModel.__init__(self, config)
        self.model = OneTileMllamaModel(config)
        text: Any = config.text_config
        self.lm_head = nn.Linear(text.hidden_size, text.vocab_size, bias=False)
        self.post_init()  # type: ignore[no-untyped-call]


AutoConfig.register(OneTileMllamaConfig.model_type, OneTileMllamaConfig)
AutoModelForImageTextToText.register(OneTileMllamaConfig, OneTileMllama)
