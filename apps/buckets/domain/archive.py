"""What an archive may hold, decided from its directory alone, before anything is unpacked."""

import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from apps.buckets.domain import limits
from apps.buckets.domain.problems import PictureProblem

_ENCRYPTED = 0x1
_UTF8_NAME = 0x800
_PACKINGS = frozenset({ZIP_STORED, ZIP_DEFLATED})  # `zipfile` unpacks any other without a limit, whatever is asked
_IGNORED_FOLDERS = frozenset({"__MACOSX"})
_IGNORED_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Entry:
    """A file in an archive under the name that tables use: `/` between folders, composed Unicode."""

    name: str
    info: ZipInfo


def safe_entries(infos: Sequence[ZipInfo]) -> list[Entry]:
    """The files of an archive. Raises PictureProblem for one that must not be unpacked at all."""
    if len(infos) > limits.MAX_ARCHIVE_ENTRIES:
        raise PictureProblem("zip_entries", count=len(infos), most=limits.MAX_ARCHIVE_ENTRIES)
    if sum(info.file_size for info in infos) > limits.MAX_ARCHIVE_TOTAL_BYTES:
        raise PictureProblem("zip_total", most_mb=limits.MAX_ARCHIVE_TOTAL_BYTES // limits.MEGABYTE)
    entries = [Entry(_checked_name(info), info) for info in infos if not info.is_dir()]
    kept = _without_common_folder([entry for entry in entries if not _is_litter(entry.name)])
    seen: set[str] = set()
    for entry in kept:
        if entry.name in seen:
            raise PictureProblem("zip_same_name", name=entry.name)
        seen.add(entry.name)
    return kept


def is_safe_name(name: str) -> bool:
    """Relative, without `..`, drive letters or zero bytes; `\\` counts as `/`."""
    path = PurePosixPath(name.replace("\\", "/"))
    windows = PureWindowsPath(name)
    return not (path.is_absolute() or windows.drive or windows.root or ".." in path.parts or "\0" in name) and bool(
        path.parts
    )


def plain_name(name: str) -> str:
    """One spelling of a name: `./a\\b.png` -> `a/b.png`; composed Unicode, as macOS packs й and ё decomposed."""
    return unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).as_posix())


def _checked_name(info: ZipInfo) -> str:
    name = _decoded_name(info)
    shown = name[:80]
    if not is_safe_name(name) or not is_safe_name(info.orig_filename):
        raise PictureProblem("zip_unsafe_name", name=shown)
    if info.flag_bits & _ENCRYPTED:
        raise PictureProblem("zip_encrypted", name=shown)
    if info.compress_type not in _PACKINGS:
        raise PictureProblem("zip_packing", name=shown)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise PictureProblem("zip_link", name=shown)
    return plain_name(name)


def _decoded_name(info: ZipInfo) -> str:
    """Russian Windows writes names as cp866 without saying so; `zipfile` then reads them as cp437."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp866")
    except UnicodeError:
        return info.filename


def _without_common_folder(entries: list[Entry]) -> list[Entry]:
    """Packing a folder puts its name before every file; tables name the files inside it."""
    tops = {entry.name.partition("/")[0] for entry in entries}
    if len(tops) != 1 or any("/" not in entry.name for entry in entries):
        return entries
    return [Entry(entry.name.partition("/")[2], entry.info) for entry in entries]


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(_IGNORED_FOLDERS & set(parts)) or parts[-1] in _IGNORED_FILES or parts[-1].startswith("._")
