"""Files to take preference pairs away in. Each module here is one; nothing lists them."""

from __future__ import annotations

import io
import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from _typeshed import ReadableBuffer

    from apps.reports.preferences.rows import Export


class Form(Protocol):
    name: str
    suffix: str
    media_type: str
    label: str

    def render(self, export: Export) -> Iterator[bytes]: ...


@lru_cache
def forms() -> Mapping[str, Form]:
    """Every form by name, in alphabetical order."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {
        form.name: form for form in sorted((cast("Form", module) for module in modules), key=lambda form: form.name)
    }


class Sink(io.RawIOBase):
    """A file to write to whose beginning is taken away while it grows, so that it is never whole in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[bytes] = []
        self.place = 0

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        self.waiting.append(bytes(data))
        self.place += len(self.waiting[-1])
        return len(self.waiting[-1])

    def tell(self) -> int:
        return self.place

    def take(self) -> bytes:
        """What was written since the last call."""
        taken, self.waiting = b"".join(self.waiting), []
        return taken
