"""Numbers as stored JSON and back, and the hash over them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import TypeAdapter

from apps.reports.domain.numbers import Numbers

_ADAPTER = TypeAdapter(Numbers)


def to_json(numbers: Numbers) -> dict[str, Any]:
    """Plain JSON values: no NaN, no negative zero (PostgreSQL would turn it into 0 and break the hash)."""
    result: dict[str, Any] = json.loads(_ADAPTER.dump_json(numbers), parse_float=lambda text: float(text) + 0.0)
    return result


def from_json(data: dict[str, Any]) -> Numbers:
    """Raises pydantic's ValidationError for data of another version's shape."""
    return _ADAPTER.validate_python(data)


def canonical(data: dict[str, Any]) -> bytes:
    """One spelling for one content: sorted keys, no spaces, UTF-8, floats by shortest repr."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()
