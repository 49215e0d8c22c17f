"""Ways to join an encoder and an LLM: every file here that defines `adapter` is one. Nothing to register."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from PIL.Image import Image
from torch import Tensor

from inference.registry import scan
from inference.vlm.parts import Parts

Family = Literal["prompt-based", "cross-attention"]


def nowhere(model: Any) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Adapter:
    """`build` makes the library's model from `parts`, with the weights of those that have some, and its processor.

    `pictures` makes what `forward` needs of the pictures of each row, given the batch's tokens (rows, places).
    `roles` says which parameters are whose, by the beginning of their names: encoder, adapter, and all else the LLM.
    `places` finds further ones of the adapter in a model, where their number depends on it.
    `config` knows the keys of `adapter.config` in a YAML. Prompt-based pictures are tokens of the prompt; those of
    cross-attention are looked at from layers of the LLM and take one token.
    """

    name: str
    family: Family
    config: type[Any]
    build: Callable[[Parts, Any], tuple[Any, Any]]
    pictures: Callable[[Any, list[list[Image]], Tensor], dict[str, Tensor]]
    roles: dict[str, tuple[str, ...]]
    places: Callable[[Any], tuple[str, ...]] = nowhere

    def of(self, model: Any) -> "Adapter":
        """The same with the roles that parameters have in `model`."""
        return replace(self, roles={**self.roles, "adapter": (*self.roles["adapter"], *self.places(model))})

    def role(self, parameter: str) -> str:
        """`encoder`, `adapter` or `llm`, the longest beginning that fits."""
        fits = [(len(start), role) for role, starts in self.roles.items() for start in starts if start in parameter]
        return max(fits, default=(0, "llm"))[1]


@cache
def adapters() -> dict[str, Adapter]:
    return {found.name: found for found in scan("inference.vlm.adapters", "adapter", Adapter)}
