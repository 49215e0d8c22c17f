"""Official files of JSON and JSON Lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed

if TYPE_CHECKING:
    from pathlib import Path


class Broken(dict[str, Any]):
    """A row that is none: it has no fields, only a reason."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


def load(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return [_line(line) for line in text.split("\n") if line.strip()] if _is_lines(text) else json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
        words = gettext("%(file)s is not JSON in UTF-8: %(error)s. Fetch it again.")
        raise Malformed(words % {"file": path.name, "error": error}) from None


def _line(text: str) -> Any:
    """A line may hold U+2028, which ends lines elsewhere."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        return Broken(gettext("This line is not JSON: %(error)s. Correct it.") % {"error": error})


def _is_lines(text: str) -> bool:
    """Several objects, one a line."""
    first, _newline, rest = text.lstrip().partition("\n")
    return first.startswith("{") and first.rstrip().endswith("}") and rest.lstrip().startswith("{")


def one_file(folder: Path, pattern: str) -> Any:
    """The only file of that name below `folder`, read; `folder` itself may be the file."""
    found = sorted(folder.rglob(pattern)) if folder.is_dir() else [folder]
    if len(found) != 1:
        words = gettext("%(folder)s holds %(found)d files named %(pattern)s; there must be one.")
        raise Malformed(words % {"folder": folder, "found": len(found), "pattern": pattern})
    return load(found[0])


def rows_of(body: Any, name: str = "") -> list[dict[str, Any]]:
    """A list of objects, or the list below `name`; what is no object is Broken."""
    below = gettext("The file is no object with a list “%(name)s”. Take the official file.") % {"name": name}
    if name and not isinstance(body, dict):
        raise Malformed(below)
    rows = body.get(name) if name else body
    rows = list(rows.values()) if isinstance(rows, dict) else rows
    if not isinstance(rows, list) or (rows and not any(isinstance(row, dict) for row in rows)):
        raise Malformed(below if name else gettext("The file is not a list of objects. Take the official file."))
    why = gettext("It is not an object. Write it in braces, with its fields by name.")
    return [row if isinstance(row, dict) else Broken(why) for row in rows]
