"""Hostile bytes in, a plain picture out: decoded whole, turned upright, flattened on white, without metadata."""

from __future__ import annotations

import hashlib
import io
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps

from apps.buckets.domain import limits
from apps.buckets.domain.problems import PictureProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_LOSSY = frozenset({"JPEG", "MPO"})  # MPO: how Pillow calls a JPEG of several pictures, as phones write them
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError, MemoryError)
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True)
class Picture:
    """What is stored and served: `data` is PNG or JPEG in RGB or grey, `sha256` is over `data`."""

    data: bytes
    sha256: str
    media_type: str
    width_px: int
    height_px: int
    frames: int

    @property
    def file_name(self) -> str:
        return f"{self.sha256}.{'jpg' if self.media_type == 'image/jpeg' else 'png'}"


def encode_picture(data: bytes, name: str) -> Picture:
    """Re-encode a JPEG as JPEG, anything else as PNG; of an animation, the first frame. Raises PictureProblem.

    At most 40 million pixels are decoded: about 160 MB of memory.
    """
    return _guarded(_encode, data, name)


def check_picture(data: bytes, name: str) -> str:
    """Decode as `encode_picture` does, and no more; gives the format, as “png”. Raises PictureProblem."""
    return _guarded(_format, data, name)


def _guarded(work: Callable[[bytes, str], T], data: bytes, name: str) -> T:
    if _looks_like_svg(data):
        raise PictureProblem("svg", name=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return work(data, name)
    except Pillow.DecompressionBombError as error:
        raise _too_many_pixels(name, 0, 0) from error
    except _DAMAGED as error:
        raise PictureProblem("not_an_image", name=name) from error


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Pillow.Image]:
    """Its first frame, decoded."""
    with Pillow.open(io.BytesIO(data), formats=_FORMATS) as opened:
        width, height = opened.size
        if width * height > limits.MAX_PICTURE_PIXELS or max(width, height) > limits.MAX_PICTURE_SIDE_PX:
            raise _too_many_pixels(name, width, height)
        opened.seek(0)
        opened.load()
        yield opened


def _format(data: bytes, name: str) -> str:
    with _opened(data, name) as opened:
        return str(opened.format).lower()


def _encode(data: bytes, name: str) -> Picture:
    with _opened(data, name) as opened:
        lossy, frames = opened.format in _LOSSY, getattr(opened, "n_frames", 1)
        plain = flattened(ImageOps.exif_transpose(opened))
    buffer = io.BytesIO()
    if lossy:
        plain.save(buffer, "JPEG", quality=95, subsampling=0)
    else:
        plain.save(buffer, "PNG")
    stored = buffer.getvalue()
    return Picture(
        data=stored,
        sha256=hashlib.sha256(stored).hexdigest(),
        media_type="image/jpeg" if lossy else "image/png",
        width_px=plain.width,
        height_px=plain.height,
        frames=1 if lossy else frames,
    )


def flattened(image: Pillow.Image) -> Pillow.Image:
    """Any mode to a fresh RGB or grey image of 8 bits, which carries no metadata; transparency becomes white."""
    if image.mode == "I;16" or image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in {"I", "F"}:
        return _stretched(image)
    if image.mode in {"1", "L"} and "transparency" not in image.info:
        return _bare(image.convert("L"))
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = Pillow.new("RGBA", layer.size, "white")
        return _bare(Pillow.alpha_composite(paper, layer).convert("RGB"))
    return _bare(_in_srgb(image))


def _stretched(image: Pillow.Image) -> Pillow.Image:
    """32-bit values have no agreed white: the darkest becomes 0, the lightest 255."""
    low, high = (float(value) for value in image.convert("F").getextrema())  # type: ignore[arg-type]
    scale = 255 / (high - low) if high > low else 0.0
    return image.convert("F").point(lambda value: value * scale - low * scale).convert("L")


def _in_srgb(image: Pillow.Image) -> Pillow.Image:
    """By the embedded colour profile where there is a sound one, else by Pillow's plain conversion."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _bare(image: Pillow.Image) -> Pillow.Image:
    """The same pixels without `info`: no EXIF, comment, profile or text chunk is left to be written."""
    bare = Pillow.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _looks_like_svg(data: bytes) -> bool:
    return b"<svg" in data[:2048].lower()


def _too_many_pixels(name: str, width: int, height: int) -> PictureProblem:
    most = limits.MAX_PICTURE_PIXELS // 1_000_000
    return PictureProblem("too_many_pixels", name=name, width=width or "?", height=height or "?", most_megapixels=most)
