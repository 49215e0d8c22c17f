"""One event loop per process, in a thread of its own: callers stay synchronous, connections stay open between calls.

The caller's thread polls meanwhile, so it may use Django's database, and a soft time limit reaches it.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from functools import cache
from typing import Any, TypeVar

POLL_SECONDS = 0.25
Given = TypeVar("Given")


@cache
def event_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="model-servers", daemon=True).start()
    return loop


os.register_at_fork(after_in_child=event_loop.cache_clear)  # a forked child has the loop, but not its thread


def run(work: Coroutine[Any, Any, Given], cancelled: Callable[[], bool] = lambda: False) -> Given | None:
    """What `work` gives, or None once `cancelled()` says so; then, and on any error, what is under way is cancelled."""
    future = asyncio.run_coroutine_threadsafe(work, event_loop())
    try:
        while not wait([future], timeout=POLL_SECONDS).done:
            if cancelled():
                return None
        return future.result()
    finally:
        future.cancel()
