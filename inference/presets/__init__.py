"""Pipelines to start from: every YAML file here is one, by its file's name."""

from functools import cache
from pathlib import Path


@cache
def presets() -> dict[str, str]:
    """Definitions by name, in the order of the names."""
    return {path.stem: path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.yaml"))}
