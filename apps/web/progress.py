"""How far a command is: a bar on a terminal, a line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Protocol, TextIO

WIDTH = 30
EVERY_SECONDS = 10


class Tell(Protocol):
    """`tell(phase, done, total)`, as often as one likes; `total` is None where it is not known yet."""

    def __call__(self, phase: str, done: int, total: int | None = None, /) -> None: ...


def tell_nobody(phase: str, done: int, total: int | None = None, /) -> None:
    pass


class Progress:
    """One bar. Without a total it counts."""

    def __init__(self, label: str, total: int | None, stream: TextIO = sys.stderr) -> None:
        self.label, self.total, self.stream = label, total, stream
        self.started = time.monotonic()
        self.said = 0.0

    def show(self, done: int) -> None:
        elapsed = time.monotonic() - self.started
        if self.stream.isatty():
            self.stream.write(f"\r{self.label} {self._bar(done)}{self._count(done)} {elapsed:4.0f} s")
            self.stream.flush()
        elif elapsed - self.said >= EVERY_SECONDS or (self.total is not None and done >= self.total):
            self.said = elapsed
            self.stream.write(f"{self.label}: {self._count(done)}, {elapsed:.0f} s\n")
            self.stream.flush()

    def end(self) -> None:
        if self.stream.isatty():
            self.stream.write("\n")

    def _bar(self, done: int) -> str:
        if self.total is None:
            return ""
        filled = WIDTH * done // max(self.total, 1)
        return "█" * filled + "░" * (WIDTH - filled) + " "

    def _count(self, done: int) -> str:
        return f"{done}" if self.total is None else f"{done}/{self.total}"


class PhaseBars:
    """A `Tell` that shows one bar after the other."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self.stream = stream
        self.bar: Progress | None = None

    def __call__(self, phase: str, done: int, total: int | None = None, /) -> None:
        if self.bar is None or self.bar.label != phase:
            self.end()
            self.bar = Progress(phase, total, self.stream)
        self.bar.show(done)

    def end(self) -> None:
        if self.bar is not None:
            self.bar.end()
        self.bar = None
