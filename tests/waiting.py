"""For tests with processes of their own."""

import time
from collections.abc import Callable

LIMIT_S = 300


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.05)
