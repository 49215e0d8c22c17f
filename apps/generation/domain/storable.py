"""Values as PostgreSQL takes them: what a model, an OCR or a picture's metadata says goes through here first.

It refuses NUL in text, and in JSON also lone surrogates and numbers that are not finite.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any


def storable_text(text: str) -> str:
    """`text` without NUL; lone surrogates become U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def storable_json(value: Any) -> Any:
    """`value` as plain JSON: cleaned strings, keys as strings, what is not JSON as its `str`."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {storable_text(str(key)): storable_json(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [storable_json(item) for item in value]
    return storable_text(str(value))
