"""What a model costs, in numbers: the trade-off between adapters that write pictures into the prompt and those that
let the LLM look at them from layers of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from inference.vlm.build import Vlm

ROLES = ("encoder", "adapter", "llm")
BYTES = 4  # of a float32


@dataclass(frozen=True)
class Description:
    """`parameters` per part; `image_tokens` of one picture in the prompt; `context_tokens` of the LLM."""

    classes: Mapping[str, str]
    family: str
    parameters: Mapping[str, int]
    image_tokens: int
    context_tokens: int

    @property
    def context_left(self) -> int:
        return self.context_tokens - self.image_tokens

    @property
    def pictures_at_most(self) -> int:
        return self.context_tokens // self.image_tokens


def describe(vlm: Vlm) -> Description:
    text = vlm.model.config.get_text_config()
    return Description(
        classes={
            "model": type(vlm.model).__name__,
            "encoder": vlm.model.config.vision_config.model_type,
            "llm": text.model_type,
            "processor": type(vlm.processor).__name__,
        },
        family=vlm.adapter.family,
        parameters={role: sum(value.numel() for _, value in vlm.parameters(role)) for role in ROLES},
        image_tokens=count_image_tokens(vlm),
        context_tokens=int(text.max_position_embeddings),
    )


def count_image_tokens(vlm: Vlm) -> int:
    """By asking the processor: what a prompt with a picture is longer than the same prompt without."""
    blank = Image.new("RGB", (64, 64))
    token = vlm.architecture.image_token
    inputs = vlm.processor(text=[token], images=[[blank]], add_special_tokens=False)
    ids = inputs["input_ids"][0]
    wanted = vlm.processor.tokenizer.convert_tokens_to_ids(token)
    return list(ids).count(wanted)


def lines(found: Description, trained: Mapping[str, Any] | None = None) -> Iterator[str]:
    """A table for a terminal; `trained` says which parts a stage trains, by default the adapter alone."""
    trained = {"adapter": True} if trained is None else trained
    yield f"{'family':<22}{found.family}"
    for name, kind in found.classes.items():
        yield f"{name:<22}{kind}"
    for role, count in found.parameters.items():
        state = "trained" if role in trained else "frozen"
        yield f"{'parameters ' + role:<22}{count:>13,}  {state}, {count * BYTES / 1e6:,.0f} MB as float32"
    yield f"{'image tokens':<22}{found.image_tokens:>13,}  per picture"
    yield f"{'context':<22}{found.context_tokens:>13,}  tokens; {found.context_left:,} left beside one picture"
    yield f"{'pictures at most':<22}{found.pictures_at_most:>13,}  in one prompt"
