"""What the caller of a training hears of it, and how it stops one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inference.errors import TrainingStopped

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


def nothing(heard: Any) -> None:
    pass


@dataclass(frozen=True)
class Hooks:
    """`tell` hears what is logged; `stop` is asked after every step, and a stage that is stopped saves a checkpoint and
    raises TrainingStopped; `saved` may look at the model, whose chance and modes are put back after it.
    """

    tell: Tell = nothing
    stop: Callable[[], bool] = never
    saved: Callable[[Saved], None] = nothing

    def go_on(self) -> None:
        """Between stages, and between batches of the evaluation. Raises TrainingStopped."""
        if self.stop():
            raise TrainingStopped("The training was stopped after a stage; what was trained is kept, and it can go on.")
