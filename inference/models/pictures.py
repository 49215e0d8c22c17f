"""Opening a task's pictures."""

from pathlib import Path

from PIL import Image, ImageOps


def open_picture(path: Path) -> Image.Image:
    """Upright RGB pixels. Raises ValueError with the reason."""
    try:
        with Image.open(path) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"The picture {path.name} can't be opened: {error}") from error
