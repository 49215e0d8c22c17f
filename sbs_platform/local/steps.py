"""What the supervisor says: a spinner with the elapsed time on a terminal, plain lines elsewhere."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from typing import TextIO

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
LONG = 2.0  # seconds after which a plain log is told how long a step took


class Steps:
    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self.stream = stream
        self.live = stream.isatty()

    def say(self, text: str = "") -> None:
        self.stream.write(f"{text}\n")
        self.stream.flush()

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show `title` while the block runs, and how it ended."""
        started = time.monotonic()
        done = threading.Event()
        spinner = threading.Thread(target=self._spin, args=(title, started, done), daemon=True)
        if self.live:
            spinner.start()
        else:
            self.say(f"· {title}")
        sign = "✗"
        try:
            yield
            sign = "✓"
        finally:
            done.set()
            self._close(spinner, f"{sign} {title}", time.monotonic() - started)

    def _spin(self, title: str, started: float, done: threading.Event) -> None:
        turn = 0
        while not done.wait(0.12):
            self.stream.write(f"\r{FRAMES[turn % len(FRAMES)]} {title} {time.monotonic() - started:.0f} s ")
            self.stream.flush()
            turn += 1

    def _close(self, spinner: threading.Thread, line: str, seconds: float) -> None:
        if self.live:
            spinner.join()
            self.say(f"\r\x1b[K{line}" + (f" ({seconds:.1f} s)" if seconds > LONG else ""))
        elif seconds > LONG or line.startswith("✗"):
            self.say(f"{line} ({seconds:.1f} s)")
