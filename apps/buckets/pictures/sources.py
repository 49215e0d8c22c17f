"""Where the pictures of a table come from: a folder, a ZIP, or nowhere."""

from __future__ import annotations

import stat
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from apps.buckets.domain import limits
from apps.buckets.domain.archive import Entry, is_safe_name, plain_name, safe_entries
from apps.buckets.domain.problems import PictureProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class PictureSource(Protocol):
    def names(self) -> list[str]:
        """Every file on offer, by the name that a table uses for it."""

    def read(self, name: str) -> bytes:
        """The bytes of one file, never more than the limit. Raises PictureProblem."""


@contextmanager
def open_pictures(where: Path | None) -> Iterator[PictureSource]:
    """A folder or a ZIP. Raises PictureProblem for an archive that must not be unpacked."""
    if where is None:
        yield NoPictures()
    elif where.is_dir():
        yield Folder(where)
    else:
        try:
            archive = zipfile.ZipFile(where)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError) as error:
            raise PictureProblem("not_a_zip") from error
        with archive:
            yield Archive(archive)


class NoPictures:
    def names(self) -> list[str]:
        return []

    def read(self, name: str) -> bytes:
        raise PictureProblem("no_pictures_given", name=name)


class Folder:
    """A folder on this machine. Links inside it may not lead out of it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def names(self) -> list[str]:
        files = (path for path in self.root.rglob("*") if path.is_file())
        return [plain_name(path.relative_to(self.root).as_posix()) for path in files]

    def read(self, name: str) -> bytes:
        if not is_safe_name(name):
            raise PictureProblem("unsafe_name", name=name)
        path = (self.root / name.replace("\\", "/")).resolve()
        if not path.is_relative_to(self.root):
            raise PictureProblem("unsafe_name", name=name)
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise _missing(name)
            with path.open("rb") as stream:
                return _at_most(stream.read(limits.MAX_PICTURE_BYTES + 1), name)
        except OSError as error:
            raise _missing(name) from error


class Archive:
    """A ZIP whose directory was found safe; its sizes are checked again while reading."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.entries: dict[str, Entry] = {entry.name: entry for entry in safe_entries(archive.infolist())}

    def names(self) -> list[str]:
        return list(self.entries)

    def read(self, name: str) -> bytes:
        if not is_safe_name(name):
            raise PictureProblem("unsafe_name", name=name)
        entry = self.entries.get(plain_name(name))
        if entry is None:
            raise _missing(name)
        try:
            with self.archive.open(entry.info) as stream:
                return _at_most(stream.read(limits.MAX_PICTURE_BYTES + 1), name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise PictureProblem("zip_damaged", name=name) from error


def _at_most(data: bytes, name: str) -> bytes:
    if len(data) > limits.MAX_PICTURE_BYTES:
        raise PictureProblem("picture_too_large", name=name, most_mb=limits.MAX_PICTURE_BYTES // limits.MEGABYTE)
    return data


def _missing(name: str) -> PictureProblem:
    return PictureProblem("missing_image", name=name)
