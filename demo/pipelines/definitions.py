"""The demo's pipelines by name: a file beside this one, or a preset."""

from pathlib import Path

from inference.presets import presets


def definition(name: str) -> str:
    """Raises KeyError for a name that nothing has."""
    own = Path(__file__).with_name(f"{name}.yaml")
    return own.read_text("utf-8") if own.exists() else presets()[name]
