"""Readers of benchmark files, one file each, found by looking into this folder: `read(source, pictures, options)`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib
import io
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from PIL import Image, UnidentifiedImageError

from apps.benchmarks.domain.questions import Malformed, Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Loader", "Malformed", "Pictures", "Question", "find_loader"]

MOST_BYTES = 25 * 1024 * 1024


class Loader(Protocol):
    """Yields questions, and what is wrong with the rows that make none; never holds all pictures at once.

    `source` is a file or folder, `options` what the catalogue's entry says of it. Raises OSError for files that are
    missing, Malformed for one that is not of this format at all.
    """

    def read(
        self, source: Path, pictures: Pictures, options: Mapping[str, object]
    ) -> Iterator[Question | Malformed]: ...


class Pictures:
    """Pictures of a benchmark in one folder: those embedded in its table are written there, others are copied."""

    def __init__(self, folder: Path, given: Path | None) -> None:
        self.folder, self.given = folder, given

    def embedded(self, data: bytes) -> str:
        """Stored once, under its hash. Raises Malformed for what is no whole picture."""
        if len(data) > MOST_BYTES:
            raise Malformed("Its picture has more than 25 MB. Make it smaller.")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                picture.load()
                kind = (picture.format or "png").lower()
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise Malformed("Its picture does not decode. Fetch the file again.") from error
        name = f"{hashlib.sha256(data).hexdigest()}.{kind}"
        path = self.folder / name
        if not path.exists():
            path.write_bytes(data)
        return name

    def encoded(self, text: str) -> str:
        """Base64."""
        try:
            return self.embedded(base64.b64decode(text, validate=True))
        except binascii.Error:
            raise Malformed("Its picture is not Base64. Fetch the file again.") from None

    def drawn(self, picture: Image.Image) -> str:
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        return self.embedded(stream.getvalue())

    def named(self, name: str) -> str:
        """A file below the folder of pictures. Raises Malformed where there is none, or it leads out of it."""
        if self.given is None:
            raise Malformed(f"It names the picture “{name[:80]}”. Say with --images where the pictures are.")
        root = self.given.resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise Malformed(f"There is no picture “{name[:80]}” in the folder of pictures. Add it or correct the name.")
        return self.embedded(path.read_bytes())


@cache
def _loaders() -> dict[str, Loader]:
    modules = {each.name: importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)}
    return {name: cast("Loader", module) for name, module in modules.items() if hasattr(module, "read")}


def find_loader(name: str) -> Loader:
    """Raises KeyError for a format that no file here reads."""
    return _loaders()[name]
