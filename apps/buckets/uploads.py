"""Uploads as files with a name of ours; the browser's name chooses only among the suffixes we read."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.uploadedfile import UploadedFile


@contextmanager
def saved_uploads(table: UploadedFile[bytes], images: UploadedFile[bytes] | None) -> Iterator[tuple[Path, Path | None]]:
    """Paths of table and archive, gone after the block. The form has checked the table's suffix."""
    with tempfile.TemporaryDirectory() as folder:
        table_path = Path(folder) / f"table{Path(table.name or '').suffix.lower()}"
        _write(table, table_path)
        images_path = Path(folder) / "pictures.zip" if images else None
        if images and images_path:
            _write(images, images_path)
        yield table_path, images_path


def _write(upload: UploadedFile[bytes], path: Path) -> None:
    with path.open("wb") as stream:
        for chunk in upload.chunks():
            stream.write(chunk)
