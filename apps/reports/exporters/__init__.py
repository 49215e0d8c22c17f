"""Forms to take a report away in. Each module here is one: `name`, `suffix`, `media_type`, `label`, `render(report)`.

A new form is a new file; nothing lists them. Modules import what is heavy inside `render`.
"""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.reports.models import Report


class Exporter(Protocol):
    name: str
    suffix: str
    media_type: str
    label: str

    def render(self, report: Report) -> bytes: ...


@lru_cache
def exporters() -> Mapping[str, Exporter]:
    """Every exporter by name, in alphabetical order."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = [cast("Exporter", module) for module in modules if hasattr(module, "render")]
    return {exporter.name: exporter for exporter in sorted(found, key=lambda exporter: exporter.name)}


def exporter_named(name: str) -> Exporter:
    """Raises KeyError for a form there is none of."""
    return exporters()[name]
