"""A folder in a ZIP in which every person has a folder of their own."""

from __future__ import annotations

import io
import json
import lzma
import zipfile
import zlib
from typing import TYPE_CHECKING

from apps.assessment.domain.elsewhere import MOST_BYTES, CannotImport, Wrong, gettext_noop, json_lines, json_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_FILES = 20_000
SPOILT = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)
START = b"PK\x03\x04"


def joined(content: bytes, wanted: Sequence[str]) -> Iterator[str]:
    """The objects of each person's file as JSON, a line each, with the folder's name where they don't say who. Of the
    `wanted` files the first that a folder has. Raises CannotImport.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from _people(archive, wanted)
    except SPOILT:
        raise _refused("file", gettext_noop("can’t be unpacked. Make the ZIP again, without a password.")) from None


def _people(archive: zipfile.ZipFile, wanted: Sequence[str]) -> Iterator[str]:
    files = archive.infolist()
    if len(files) > MOST_FILES or sum(file.file_size for file in files) > MOST_BYTES:
        raise _refused("file", gettext_noop("is larger than %(most)s MB. Split it."), most=MOST_BYTES >> 20)
    known: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for file in files:
        folder, _, name = file.filename.replace("\\", "/").rpartition("/")
        if name in wanted:
            known.setdefault(folder, {})[name] = file
    if not known:
        raise _refused("file", gettext_noop("has none of the files %(names)s."), names=", ".join(wanted))
    for folder, names in sorted(known.items()):
        file = next(names[name] for name in wanted if name in names)
        yield from _lines(archive.read(file), folder.rpartition("/")[2], file.filename)


def _lines(content: bytes, user: str, path: str) -> Iterator[str]:
    text = content.decode("utf-8-sig", "replace")
    whole = json_of(text)
    for line in [(1, whole)] if isinstance(whole, dict) else json_lines(text):
        if isinstance(line, Wrong):
            raise CannotImport([Wrong(line.row, path[-100:], line.why)])
        yield json.dumps({"user_id": user, **line[1]})


def _refused(field: str, why: str, **said: object) -> CannotImport:
    return CannotImport([Wrong(0, field, why, said)])
