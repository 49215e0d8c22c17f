"""How far a run is, from counts alone."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class RunProgress:
    """Answers by state; `empty` and `cut_off` are among `done`; rates are over the last minutes, None if unknown."""

    waiting: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0
    empty: int = 0
    cut_off: int = 0
    per_minute: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_per_second: float | None = None
    completion_tokens_per_second: float | None = None

    @property
    def total(self) -> int:
        return self.waiting + self.running + self.done + self.failed + self.cancelled

    @property
    def finished(self) -> int:
        return self.done + self.failed

    @property
    def is_settled(self) -> bool:
        """Nothing more will happen by itself."""
        return self.waiting == self.running == 0

    @property
    def is_comparable(self) -> bool:
        """There are answers, or there may still be some: pairs join a comparison as they become ready."""
        return self.done + self.waiting + self.running > 0

    @property
    def is_complete(self) -> bool:
        """Every task was answered or has failed for good."""
        return self.is_settled and self.cancelled == 0 and self.total > 0

    @property
    def seconds_left(self) -> int | None:
        if self.is_settled:
            return 0
        return math.ceil((self.waiting + self.running) / self.per_minute * 60) if self.per_minute else None

    @property
    def milliseconds_left(self) -> int | None:
        return None if self.seconds_left is None else self.seconds_left * 1000
