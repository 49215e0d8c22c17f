"""A progress bar for a terminal, a line every ten seconds elsewhere."""

import sys
import time
from typing import TextIO

WIDTH = 30


class Progress:
    def __init__(self, label: str, total: int, stream: TextIO = sys.stderr) -> None:
        self.label, self.total, self.stream = label, total, stream
        self.started = time.monotonic()
        self.said = 0.0

    def show(self, done: int) -> None:
        elapsed = time.monotonic() - self.started
        if self.stream.isatty():
            filled = WIDTH * done // max(self.total, 1)
            bar = "█" * filled + "░" * (WIDTH - filled)
            self.stream.write(f"\r{self.label} {bar} {done}/{self.total} {elapsed:4.0f} s")
            self.stream.flush()
        elif elapsed - self.said >= 10 or done >= self.total:
            self.said = elapsed
            self.stream.write(f"{self.label}: {done}/{self.total}, {elapsed:.0f} s\n")
            self.stream.flush()

    def end(self) -> None:
        if self.stream.isatty():
            self.stream.write("\n")
