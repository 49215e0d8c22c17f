"""Judgments made elsewhere. Each module here reads one form: `name`, `label`, `read(text, names)`; where files
come as a folder, `unpack(content)` makes a text of its ZIP.

A new form is a new file; nothing lists them. `names` are the candidate's and the baseline's, for forms that don't say.
"""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from apps.assessment.domain.elsewhere import Told, Wrong


class Reader(Protocol):
    name: str
    label: str

    def read(self, text: str, names: tuple[str, str]) -> Iterator[Told | Wrong]: ...


@lru_cache
def readers() -> Mapping[str, Reader]:
    """Every form by name, in alphabetical order."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = [cast("Reader", module) for module in modules if hasattr(module, "read")]
    return {reader.name: reader for reader in sorted(found, key=lambda reader: reader.name)}
