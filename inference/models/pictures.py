"""Opening a task's pictures, and writing them into a request."""

import base64
import hashlib
import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

MAX_SIDE = 2048  # pixels; few models read more of a picture, and a batch or a request stays below some megabytes
LOSSLESS_PIXELS = 1_000_000
JPEG_QUALITY = 95
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")  # what a task may have; no other decoder is even tried
UNREADABLE = (
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, MemoryError, struct.error,
    zlib.error, Image.DecompressionBombError,
)  # fmt: skip  # what Pillow's decoders raise for files of others


@dataclass(frozen=True)
class SentPicture:
    """A picture as a server gets it; `sha256` is that of its encoded bytes."""

    uri: str
    sha256: str
    width: int
    height: int


def open_picture(path: Path | io.BytesIO) -> Image.Image:
    """Upright RGB pixels. Raises ValueError with the reason."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            return ImageOps.exif_transpose(picture).convert("RGB")
    except UNREADABLE as error:
        reason = f"{type(error).__name__}: {error}".removesuffix(": ")
        name = path.name if isinstance(path, Path) else "in the row"
        raise ValueError(f"The picture {name} can't be opened: {reason}") from error


def open_small(path: Path) -> Image.Image:
    """Upright RGB pixels, at most 2,048 a side. Raises ValueError with the reason."""
    picture = open_picture(path)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return picture


def as_data_uri(path: Path) -> SentPicture:
    """Upright, at most 2,048 pixels a side, without metadata. A photograph (JPEG), and whatever has more than a
    megapixel, goes as JPEG of quality 95 without subsampling; the rest, such as a screenshot, as PNG.

    Raises ValueError with the reason.
    """
    picture = open_small(path)
    picture.info = {}
    buffer = io.BytesIO()
    kind = "jpeg" if is_jpeg(path) or picture.width * picture.height > LOSSLESS_PIXELS else "png"
    if kind == "jpeg":
        picture.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    else:
        picture.save(buffer, "PNG", compress_level=1)
    data = buffer.getvalue()
    uri = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    return SentPicture(uri, hashlib.sha256(data).hexdigest(), picture.width, picture.height)


def is_jpeg(path: Path) -> bool:
    with Image.open(path, formats=FORMATS) as picture:
        return picture.format in {"JPEG", "MPO"}
