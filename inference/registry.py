"""Finds what the files of a package declare. Those files import their heavy parts only when they are used."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import TypeVar

Found = TypeVar("Found")


def scan(package: str, name: str, kind: type[Found]) -> Iterator[Found]:
    """The objects called `name` of type `kind` in the modules of `package`, in order of their file names."""
    for info in sorted(pkgutil.iter_modules(importlib.import_module(package).__path__), key=lambda found: found.name):
        found = getattr(importlib.import_module(f"{package}.{info.name}"), name, None)
        if isinstance(found, kind):
            yield found
