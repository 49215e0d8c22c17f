"""Ways to run models: every file here that defines `engine` is one. Nothing to register."""

from functools import cache

from inference.declare import Engine
from inference.registry import scan


@cache
def engines() -> dict[str, Engine]:
    return {found.name: found for found in scan("inference.engines", "engine", Engine)}
