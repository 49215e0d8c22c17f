"""New weights, made only where they fit: an absurd architecture is refused before it takes the machine's memory."""

from collections.abc import Callable
from typing import Any

import torch

from inference.errors import ModelUnavailable
from inference.models.free_memory import free_bytes, gigabytes

FLOAT = 4  # bytes


def made(make: Callable[[], Any]) -> Any:
    """What `make` makes, a module on the CPU, once it was counted without memory. Raises ModelUnavailable."""
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        counted = make()
    count = sum(value.numel() for value in counted.parameters())
    free = free_bytes(torch.device("cpu"))
    if count * FLOAT > free:
        raise ModelUnavailable(
            f"{type(counted).__name__} can't be made: its {count:,} parameters need {gigabytes(count * FLOAT)}, and "
            f"{gigabytes(free)} are free. Use smaller sizes in encoder.config and adapter.config."
        )
    return make()
