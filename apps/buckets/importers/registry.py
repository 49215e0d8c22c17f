from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from apps.buckets.domain.problems import Problem
    from apps.buckets.domain.rows import RawRow


class Importer(Protocol):
    """A module: the file suffixes it reads, and a generator of rows that never holds the whole table.

    `read` yields a Problem for a row it can't make out and goes on where it can; it raises only OSError.
    """

    suffixes: tuple[str, ...]

    def read(self, table: Path) -> Iterator[RawRow | Problem]: ...


@cache
def _importers() -> dict[str, Importer]:
    found: dict[str, Importer] = {}
    package = import_module("apps.buckets.importers")
    for module in pkgutil.iter_modules(package.__path__, "apps.buckets.importers."):
        loaded = import_module(module.name)
        if hasattr(loaded, "suffixes"):
            found.update(dict.fromkeys(loaded.suffixes, cast("Importer", loaded)))
    return found


def table_suffixes() -> tuple[str, ...]:
    return tuple(sorted(_importers()))


def importer_for(table: Path) -> Importer | None:
    """By suffix, whatever its case; None when nothing here reads such a file."""
    return _importers().get(table.suffix.lower())
