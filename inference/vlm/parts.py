"""The parts of a vision-language model, loaded or made: the encoder, the LLM, the tokenizer, the image processor."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoConfig, AutoImageProcessor, AutoModel, AutoModelForCausalLM, AutoTokenizer
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

from inference.errors import ModelUnavailable
from inference.models.weights import locate
from inference.spec.model import ModelSpec
from inference.vlm import encoders
from inference.vlm.architecture import Architecture, Source
from inference.vlm.making import made

BUILT_IN = {"blip_2_vision_model": "Blip2VisionModel", "mllama_vision_model": "MllamaVisionModel"}
OWN_CODE = {"trust_remote_code": False}  # never that of a model's folder
CHATML = "<|im_start|>"
TEMPLATE = Path(__file__).with_name("chat_template.jinja")
MAX_SIZE, MAX_PATCHES = 4096, 16_384
REFUSED = (OSError, ValueError, ImportError, KeyError, RuntimeError, TypeError, AttributeError)
__all__ = ["Parts", "encoders", "load_parts"]


@dataclass(frozen=True)
class Parts:
    """`image_token` is one token of `tokenizer`; `image_size` is in pixels a side."""

    encoder: Any
    llm: Any
    tokenizer: Any
    image_processor: Any
    image_token: str
    image_size: int
    chat_template: str

    @property
    def image_token_id(self) -> int:
        return int(self.tokenizer.convert_tokens_to_ids(self.image_token))


def load_parts(architecture: Architecture, model_dir: Path) -> Parts:
    """Raises ModelUnavailable: which part, why, and what to do."""
    torch.manual_seed(architecture.seed)
    encoder = load_encoder(architecture, model_dir)
    where = located(architecture.llm, model_dir, "llm")
    llm = tried("llm", partial(load_llm, where))
    tokenizer = tried("llm", partial(load_tokenizer, where, architecture.image_token, llm.config.vocab_size))
    size = architecture.image_size or image_size_of(encoder.config)
    refuse_patches(encoder.config, size)
    return Parts(
        encoder=encoder,
        llm=llm,
        tokenizer=tokenizer,
        image_processor=load_image_processor(architecture, model_dir, size),
        image_token=architecture.image_token,
        image_size=size,
        chat_template=chat_template(architecture, tokenizer),
    )


def tried(part: str, load: Any) -> Any:
    try:
        return load()
    except REFUSED as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ModelUnavailable(f"The {part} can't be loaded: {reason} Check the key “{part}” of the YAML.") from error


def located(source: Source, model_dir: Path, part: str) -> dict[str, Any]:
    spec = ModelSpec(engine="transformers", source=source.source or "", revision=source.revision)
    try:
        return locate(spec, model_dir)
    except ModelUnavailable as error:
        raise ModelUnavailable(f"The {part}: {error}") from error


def load_encoder(architecture: Architecture, model_dir: Path) -> Any:
    spec = architecture.encoder
    if spec.config is not None:
        return tried("encoder", partial(make_encoder, spec.config))
    return tried("encoder", partial(load_vision, located(spec, model_dir, "encoder")))


def make_encoder(keys: dict[str, Any]) -> Any:
    keys = dict(keys)
    config = AutoConfig.for_model(keys.pop("model_type"), **keys)
    return made(partial(vision_class(config)._from_config, config))


def load_vision(where: dict[str, Any]) -> Any:
    """The vision half of a CLIP or SigLIP checkpoint, or the model itself where it has no other half."""
    where = dict(where)
    path = where.pop("path")
    config = AutoConfig.from_pretrained(path, **OWN_CODE, **where)
    vision = getattr(config, "vision_config", config)
    return vision_class(vision).from_pretrained(path, config=vision, use_safetensors=True, **OWN_CODE, **where)


def vision_class(config: Any) -> Any:
    """Two encoders that the library builds into its models are not in its register."""
    if config.model_type in BUILT_IN:
        return getattr(transformers, BUILT_IN[config.model_type])
    known = AutoModel._model_mapping
    if type(config) not in known:
        raise ValueError(f"{config.model_type} is no encoder that transformers knows.")
    return known[type(config)]


def load_llm(where: dict[str, Any]) -> Any:
    where = dict(where)
    path = where.pop("path")
    return AutoModelForCausalLM.from_pretrained(path, use_safetensors=True, dtype=torch.float32, **OWN_CODE, **where)


def load_tokenizer(where: dict[str, Any], image_token: str, rows: int) -> Any:
    """`rows` is the size of the LLM's table of embeddings, which is never changed: `image_token` must have a row."""
    where = dict(where)
    where["extra_special_tokens"] = {"image_token": image_token}
    tokenizer = AutoTokenizer.from_pretrained(where.pop("path"), **OWN_CODE, **where)
    if int(tokenizer.get_vocab()[image_token]) >= rows:
        free = [str(token) for token in tokenizer.added_tokens_decoder.values() if str(token) != image_token]
        raise ValueError(
            f"its tokenizer has no token “{image_token}”; give “image_token”, one that it has and that no text uses: "
            f"{', '.join(free[:30]) or 'this one has none'}."
        )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def image_size_of(config: Any) -> int:
    size = getattr(config, "image_size", None)
    size = size[0] if isinstance(size, list | tuple) else size
    if not isinstance(size, int):
        raise ModelUnavailable("The encoder does not say how large its pictures are: give “image_size” (pixels).")
    return size


def refuse_patches(config: Any, size: int) -> None:
    """Before the encoder reads a picture for the first time. Raises ModelUnavailable."""
    patch = getattr(config, "patch_size", None)
    patch = patch[0] if isinstance(patch, list | tuple) else patch
    count = (size // max(patch, 1)) ** 2 if isinstance(patch, int) else 1
    if size > MAX_SIZE or count > MAX_PATCHES:
        raise ModelUnavailable(
            f"Pictures of {size:,} pixels a side in {count:,} patches are too large: {MAX_SIZE:,} pixels and "
            f"{MAX_PATCHES:,} patches are the limits. Change image_size or patch_size."
        )


def load_image_processor(architecture: Architecture, model_dir: Path, size: int) -> Any:
    """The encoder's own, else pictures resized to a square with every channel from -1 to 1. Without torchvision."""
    square = {"height": size, "width": size}
    if architecture.encoder.source is not None:
        where = located(architecture.encoder, model_dir, "encoder")
        path = where.pop("path")
        try:
            return AutoImageProcessor.from_pretrained(path, backend="pil", **OWN_CODE, **where)  # type: ignore[no-untyped-call]
        except OSError:  # no preprocessor_config.json: as from scratch
            pass
    return SiglipImageProcessorPil(size=square, image_mean=[0.5] * 3, image_std=[0.5] * 3)


def chat_template(architecture: Architecture, tokenizer: Any) -> str:
    if architecture.chat_template is not None:
        return architecture.chat_template
    if CHATML not in tokenizer.get_vocab():
        raise ModelUnavailable(f"The LLM's tokenizer has no {CHATML}: give “chat_template”, a Jinja template.")
    return TEMPLATE.read_text().strip().replace("IMAGE", architecture.image_token)
