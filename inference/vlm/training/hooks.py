"""What the caller of a training hears of it, and how it stops one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inference.vlm.build import Vlm
    from inference.vlm.recipe import Stage

Tell = Callable[[Mapping[str, Any]], None]


def never() -> bool:
    return False


@dataclass(frozen=True)
class Saved:
    """A whole checkpoint of a stage was just written, or the stage begins (`step` 0). `vlm` is as trained so far."""

    vlm: Vlm
    stage: Stage
    step: int
    steps: int


def nothing(saved: Saved) -> None:
    pass


@dataclass(frozen=True)
class Hooks:
    """`tell` hears what is logged; `stop` is asked after every step, and a stage that is stopped saves a checkpoint and
    raises TrainingStopped; `saved` may look at the model, whose chance and modes are put back after it.
    """

    tell: Tell
    stop: Callable[[], bool] = never
    saved: Callable[[Saved], None] = nothing
