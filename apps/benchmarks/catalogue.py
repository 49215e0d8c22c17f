"""The catalogue: every benchmark that can be loaded, from `catalogue.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_OWN = {"name", "title", "protocols", "loader", "prompt", "licence", "passed_on", "fetch", "put", "origin", "suite"}


@dataclass(frozen=True)
class Entry:
    """`protocols`: the official one first. `put` is a file or folder below the folder of benchmark data."""

    name: str
    title: str
    protocols: tuple[str, ...]
    loader: str
    prompt: str
    licence: str
    passed_on: bool
    fetch: str
    origin: str
    put: str = ""
    suite: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def is_embedded(self) -> bool:
        return self.loader == "embedded"


@cache
def catalogue() -> dict[str, Entry]:
    rows = yaml.safe_load((Path(__file__).parent / "catalogue.yaml").read_text(encoding="utf-8"))
    entries = [_entry(row) for row in rows]
    return {entry.name: entry for entry in entries}


def _entry(row: dict[str, Any]) -> Entry:
    own = {name: value for name, value in row.items() if name in _OWN}
    options = {name: value for name, value in row.items() if name not in _OWN}
    return Entry(**{**own, "protocols": tuple(row["protocols"])}, options=options)


def suite(name: str) -> list[Entry]:
    """Empty for a name that no entry carries."""
    return [entry for entry in catalogue().values() if entry.suite == name]
