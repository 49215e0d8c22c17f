"""Official files of JSON and JSON Lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import Malformed

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return [json.loads(line) for line in text.splitlines() if line.strip()] if _is_lines(text) else json.loads(text)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Malformed(f"{path.name} is not JSON in UTF-8: {error}") from None


def _is_lines(text: str) -> bool:
    """Several objects, one a line."""
    first, _newline, rest = text.lstrip().partition("\n")
    return first.startswith("{") and first.rstrip().endswith("}") and rest.lstrip().startswith("{")


def one_file(folder: Path, pattern: str) -> Any:
    """The only file of that name below `folder`, read; `folder` itself may be the file."""
    found = sorted(folder.rglob(pattern)) if folder.is_dir() else [folder]
    if len(found) != 1:
        raise Malformed(f"{folder} holds {len(found)} files named {pattern}; there must be one.")
    return load(found[0])


def rows_of(body: Any, name: str = "") -> list[dict[str, Any]]:
    """A list of objects, or the list below `name`."""
    if name and not isinstance(body, dict):
        raise Malformed(f"The file is no object with a list “{name}”. Take the official file.")
    rows = body.get(name) if name else body
    rows = list(rows.values()) if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed(f"The file is not a list of objects{f' below “{name}”' if name else ''}.")
    return rows
