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

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed, Question
from apps.buckets.domain.limits import MAX_PICTURE_BYTES, MEGABYTE
from apps.buckets.domain.problems import PictureProblem
from apps.buckets.pictures.encoding import check_picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from PIL import Image

__all__ = ["Loader", "Malformed", "Pictures", "Question", "find_loader"]


class Loader(Protocol):
    """Yields questions, and what is wrong with the rows that make none; never holds all pictures at once.

    `source` is a file or folder, `options` what the catalogue's entry says of it. Raises OSError for files that are
    missing, Malformed for one that is not of this format at all.
    """

    def read(
        self, source: Path, pictures: Pictures, options: Mapping[str, object]
    ) -> Iterator[Question | Malformed]: ...


class Pictures:
    """Pictures of a benchmark in one folder: those embedded in its table are written there, others are copied. Each is
    read and decoded once, however many questions ask about it.
    """

    def __init__(self, folder: Path, given: Path | None) -> None:
        """`given`: where pictures that a table names lie; beside the table, where that is a file."""
        self.folder, self.given = folder, given.parent if given and given.is_file() else given
        self.by_hash: dict[bytes, str] = {}
        self.by_path: dict[str, str] = {}

    def embedded(self, data: bytes) -> str:
        """Stored once, under its hash. Raises Malformed for what no bucket would take as a picture."""
        digest = hashlib.sha256(data)
        if digest.digest() not in self.by_hash:
            self.by_hash[digest.digest()] = name = f"{digest.hexdigest()}.{_format(data)}"
            (self.folder / name).write_bytes(data)
        return self.by_hash[digest.digest()]

    def encoded(self, text: str) -> str:
        """Base64."""
        try:
            return self.embedded(base64.b64decode(text, validate=True))
        except binascii.Error:
            raise Malformed(gettext("Its picture is not Base64. Fetch the file again.")) from None

    def drawn(self, picture: Image.Image) -> str:
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        return self.embedded(stream.getvalue())

    def named(self, name: str) -> str:
        """A file below the folder of pictures. Raises Malformed where there is none, or it leads out of it."""
        if self.given is None:
            words = gettext("It names the picture “%(name)s”. Say with --images where the pictures are.")
            raise Malformed(words % {"name": name[:80]})
        if name not in self.by_path:
            self.by_path[name] = self.embedded(self._below(self.given.resolve(), name).read_bytes())
        return self.by_path[name]

    def _below(self, root: Path, name: str) -> Path:
        try:
            path = (root / name).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        except (OSError, ValueError):  # a name of thousands of characters, or with a NUL in it
            pass
        words = gettext("There is no picture “%(name)s” in the folder of pictures. Add it or correct the name.")
        raise Malformed(words % {"name": name[:80]})


def _format(data: bytes) -> str:
    if len(data) > MAX_PICTURE_BYTES:
        words = gettext("Its picture has more than %(most)d MB. Make it smaller.")
        raise Malformed(words % {"most": MAX_PICTURE_BYTES // MEGABYTE})
    try:
        return check_picture(data, "")
    except PictureProblem as problem:
        if problem.code == "too_many_pixels":
            raise Malformed(gettext("Its picture has too many pixels for a bucket. Make it smaller.")) from problem
        raise Malformed(gettext("Its picture does not decode. Fetch the file again.")) from problem


@cache
def _loaders() -> dict[str, Loader]:
    modules = {each.name: importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)}
    return {name: cast("Loader", module) for name, module in modules.items() if hasattr(module, "read")}


def find_loader(name: str) -> Loader:
    """Raises KeyError for a format that no file here reads."""
    return _loaders()[name]
