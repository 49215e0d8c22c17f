"""Tiny random models of the classes that people run, with processors and chat templates like their checkpoints'.

No torchvision: pictures go through the processors made on Pillow, although the saved files name the usual classes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from inference.tests.makers import WORDS

TURN = (
    "{% for message in messages %}<|im_start|>{{ message.role }} "
    "{% if message.content is string %}{{ message.content }}{% else %}"
    "{% for part in message.content %}{% if part.type == 'image' %}IMAGE{% else %}{{ part.text }}"
    "{% endif %}{% endfor %}{% endif %}<|im_end|>{% endfor %}<|im_start|>assistant "
)
SMALL: Mapping[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 1,
}
BASIC = ("<pad>", "</s>", "<unk>", "<|im_start|>", "<|im_end|>")


def make_noise(path: Path, seed: int, width: int = 64, height: int = 64) -> Path:
    """A picture that is unlike that of another seed for every model."""
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def tokenizer(special: Sequence[str], **extra: Any) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = [*BASIC, *special, *WORDS, "user", "assistant", "system"]
    words = Tokenizer(models.WordLevel({word: place for place, word in enumerate(known)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=words,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=["<|im_start|>", "<|im_end|>", *special],
        **extra,
    )


def save(folder: Path, model: Any, processor: Any, image_processor: str) -> Path:
    """With weights large enough that pictures matter, and the image processor's usual name in the file."""
    import torch

    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.mul_(8)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    for name in ("processor_config.json", "preprocessor_config.json"):
        if (folder / name).exists():
            config = json.loads((folder / name).read_text())
            config.get("image_processor", config)["image_processor_type"] = image_processor
            (folder / name).write_text(json.dumps(config))
    return folder


def no_video() -> Any:
    from inference.models.processors import NoVideo, do_without_videos

    do_without_videos()
    return NoVideo()  # type: ignore[no-untyped-call]


def make_qwen2_vl(folder: Path) -> Path:
    """Two patches of 4 pixels merged to one: 16 to 64 image tokens a picture, as many as its size asks for."""
    import torch
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration, Qwen2VLProcessor
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    special = ("<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
    words = tokenizer(special)
    ids = dict(zip(special, words.convert_tokens_to_ids(list(special)), strict=True))
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0}
    vision = {"depth": 2, "embed_dim": 32, "hidden_size": 32, "num_heads": 4}
    config = Qwen2VLConfig(
        text_config={**SMALL, "vocab_size": len(words), "rope_parameters": rope},
        vision_config={**vision, "mlp_ratio": 2, "patch_size": 4, "spatial_merge_size": 2},
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    torch.manual_seed(0)
    model = Qwen2VLForConditionalGeneration(config)
    pictures = Qwen2VLImageProcessorPil(patch_size=4, merge_size=2, min_pixels=16 * 64, max_pixels=64 * 64)
    template = TURN.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    processor = Qwen2VLProcessor(  # type: ignore[no-untyped-call]
        image_processor=pictures, tokenizer=words, video_processor=no_video(), chat_template=template
    )
    return save(folder, model, processor, "Qwen2VLImageProcessor")


def make_smolvlm(folder: Path) -> Path:
    """SmolVLM, which is Idefics3: a picture is cut into up to 2 × 2 tiles and a thumbnail, 4 image tokens each."""
    import torch
    from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration, SmolVLMProcessor
    from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

    tiles = [f"<row_{row}_col_{column}>" for row in (1, 2) for column in (1, 2)]
    words = tokenizer(["<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>", *tiles])
    vision = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = SmolVLMConfig(
        text_config={"model_type": "llama", **SMALL, "vocab_size": len(words)},
        vision_config={**vision, "image_size": 32, "patch_size": 8},
        image_token_id=words.convert_tokens_to_ids("<image>"),
        scale_factor=2,
    )
    torch.manual_seed(0)
    model = SmolVLMForConditionalGeneration(config)
    pictures = SmolVLMImageProcessorPil(max_image_size={"longest_edge": 32}, size={"longest_edge": 64})
    template = TURN.replace("IMAGE", "<image>")
    processor = SmolVLMProcessor(pictures, words, no_video(), image_seq_len=4, chat_template=template)
    return save(folder, model, processor, "SmolVLMImageProcessor")


def make_mllama(folder: Path) -> Path:
    """Llama 3.2 Vision: pictures come in by cross-attention, as up to 4 tiles; no token stands for a patch."""
    import torch
    from transformers import MllamaConfig, MllamaForConditionalGeneration, MllamaProcessor
    from transformers.models.mllama.image_processing_pil_mllama import MllamaImageProcessorPil

    words = tokenizer(["<|image|>", "<|python_tag|>"], bos_token="</s>")
    vision = {"hidden_size": 32, "attention_heads": 4, "intermediate_size": 64, "num_hidden_layers": 2}
    config = MllamaConfig(
        text_config={**SMALL, "num_hidden_layers": 3, "cross_attention_layers": [1], "vocab_size": len(words)},
        vision_config={
            **vision,
            "num_global_layers": 1,
            "image_size": 32,
            "patch_size": 8,
            "intermediate_layers_indices": [0, 1],
            "vision_output_dim": 32 * 3,
        },
        image_token_index=words.convert_tokens_to_ids("<|image|>"),
    )
    torch.manual_seed(0)
    model = MllamaForConditionalGeneration(config)
    with torch.no_grad():  # a fresh model's gates are shut, so that no picture would come through
        for name, parameter in model.named_parameters():
            if name.endswith(("cross_attn_attn_gate", "cross_attn_mlp_gate")):
                parameter.fill_(1.0)
    pictures = MllamaImageProcessorPil(size={"height": 32, "width": 32})
    template = TURN.replace("IMAGE", "<|image|>")
    processor = MllamaProcessor(pictures, words, chat_template=template)  # type: ignore[no-untyped-call]
    return save(folder, model, processor, "MllamaImageProcessor")


def make_llava(folder: Path) -> Path:
    """SigLIP, a projector and Llama: 16 image tokens whatever the picture's size."""
    import torch
    from transformers import LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor, SiglipVisionConfig
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    words = tokenizer(["<image>"], extra_special_tokens={"image_token": "<image>"})
    vision: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    config = LlavaConfig(
        vision_config=SiglipVisionConfig(**vision, num_attention_heads=4, image_size=32, patch_size=8),
        text_config={"model_type": "llama", **SMALL, "vocab_size": len(words)},
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        image_seq_length=16,
    )
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(config)
    processor = LlavaProcessor(  # type: ignore[no-untyped-call]
        image_processor=SiglipImageProcessorPil(size={"height": 32, "width": 32}),
        tokenizer=words,
        patch_size=8,
        vision_feature_select_strategy="full",
        image_token="<image>",
        chat_template=TURN.replace("IMAGE", "<image>"),
    )
    return save(folder, model, processor, "SiglipImageProcessor")


MAKERS: Mapping[str, Callable[[Path], Path]] = {
    "llava": make_llava,
    "qwen2_vl": make_qwen2_vl,
    "smolvlm": make_smolvlm,
    "mllama": make_mllama,
}
