"""Models that come with the platform: unpacked when they are first asked for, as wheels are converted then."""

import re
from pathlib import Path

WEIGHTS = Path(__file__).parent.parent / "vlm" / "weights"
SOURCE = re.compile(r"\./vlm/([a-z][a-z0-9_-]{0,39})")


def unpack_if_shipped(source: str, model_dir: Path) -> None:
    """Nothing for other sources, nor where another was trained under the name. Raises ModelUnavailable."""
    match = SOURCE.fullmatch(source)
    if match is not None and (WEIGHTS / match[1]).is_dir():
        from inference.vlm.packed.unpack import unpack

        unpack(WEIGHTS / match[1], model_dir)
