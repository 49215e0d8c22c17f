"""Tiny models with random weights, of the real classes, made on the spot; and pictures with text."""

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}> {% if message.content is string %}{{ message.content }}"
    "{% else %}{% for part in message.content %}{% if part.type == 'image' %}<image> {% else %}{{ part.text }}"
    "{% endif %}{% endfor %}{% endif %} </s> {% endfor %}<assistant>"
)
WORDS = [
    "red", "green", "blue", "one", "two", "three", "four", "five", "what", "is", "this", "picture", "of", "the",
    "cat", "dog", "and", "a", "long", "text", "here",
]  # fmt: skip
VOCABULARY = ["<pad>", "</s>", "<unk>", "<image>", "<user>", "<system>", "<assistant>", *WORDS]


def make_tokenizer(**extra: Any) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({word: place for place, word in enumerate(VOCABULARY)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=words,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        additional_special_tokens=["<image>", "<user>", "<system>", "<assistant>"],
        **extra,
    )


def text_config() -> Any:
    from transformers import LlamaConfig

    return LlamaConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=128,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=1,
    )


def make_text_model(folder: Path) -> Path:
    """A LlamaForCausalLM of 30,000 weights with a context of 128 tokens."""
    import torch
    from transformers import LlamaForCausalLM

    torch.manual_seed(0)
    LlamaForCausalLM(text_config()).save_pretrained(folder)
    tokenizer = make_tokenizer()
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    return folder


def make_image_model(folder: Path) -> Path:
    """A LlavaForConditionalGeneration: 4 image tokens, pictures of 16 pixels, processed by Pillow alone."""
    import torch
    from transformers import LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor, SiglipVisionConfig
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    vision = SiglipVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=16, patch_size=8
    )
    config = LlavaConfig(
        vision_config=vision,
        text_config=text_config(),
        image_token_index=VOCABULARY.index("<image>"),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        image_seq_length=4,
    )
    torch.manual_seed(0)
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    LlavaProcessor(  # type: ignore[no-untyped-call]
        image_processor=SiglipImageProcessorPil(size={"height": 16, "width": 16}),
        tokenizer=make_tokenizer(extra_special_tokens={"image_token": "<image>"}),
        patch_size=8,
        vision_feature_select_strategy="full",
        image_token="<image>",
        chat_template=TEMPLATE,
    ).save_pretrained(folder)
    return folder


def make_vision_model(folder: Path) -> Path:
    """A SiglipModel for pictures of 32 pixels."""
    import torch
    from transformers import SiglipConfig, SiglipModel
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    small = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    vision = {**small, "image_size": 32, "patch_size": 8}
    text = {**small, "vocab_size": len(VOCABULARY), "projection_size": 32}
    torch.manual_seed(0)
    SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).save_pretrained(folder)
    SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def make_sentence_model(folder: Path) -> Path:
    """A BertModel whose sentence is the mean of its tokens."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=300,
    )
    BertModel(config).save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


def make_picture(path: Path, text: str = "", colour: str = "white") -> Path:
    picture = Image.new("RGB", (640, 240), colour)
    if text:
        font = ImageFont.truetype(font_file(), 40)
        ImageDraw.Draw(picture).multiline_text((30, 30), text, "black", font=font, spacing=20)
    picture.save(path)
    return path


def font_file() -> Path:
    """DejaVu Sans, which comes with matplotlib and knows Cyrillic."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
