"""What rows, models and errors say, as PostgreSQL takes it."""

import re
from typing import TypeVar

T = TypeVar("T")
REFUSED = re.compile("[\x00\ud800-\udfff]")


def storable(value: T) -> T:
    """Without NUL and halves of surrogate pairs, in lists and dicts too."""
    found: object = value
    if isinstance(value, str):
        found = REFUSED.sub("", value)
    elif isinstance(value, list):
        found = [storable(part) for part in value]
    elif isinstance(value, dict):
        found = {storable(key): storable(part) for key, part in value.items()}
    return found  # type: ignore[return-value]
