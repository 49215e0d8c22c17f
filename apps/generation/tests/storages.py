"""A storage without paths, as object storages are, whose copies go through a disk that may be full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class SpoolingStorage(FileSystemStorage):
    """Opening a file copies it first, as django-storages does. Where `<name>.full` stands beside, to a full disk."""

    def path(self, name: str) -> str:
        raise NotImplementedError("this storage has no paths")

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        kept = Path(super().path(name))
        if kept.with_name(f"{kept.name}.full").exists():
            with Path("/dev/full").open("wb", buffering=0) as spool:
                spool.write(kept.read_bytes())  # the kernel says ENOSPC
        return File(kept.open(mode))
