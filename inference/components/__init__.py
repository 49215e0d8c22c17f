"""Kinds of steps: every file here that defines `component` is one. Nothing to register."""

from functools import cache

from inference.declare import Component
from inference.registry import scan


@cache
def components() -> dict[str, Component]:
    return {found.uses: found for found in scan("inference.components", "component", Component)}
