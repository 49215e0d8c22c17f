"""A ZIP of `pairs.jsonl`, the pictures that its `images` name, and `manifest.json`; no clock in it."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

from apps.reports.preferences.forms import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.reports.preferences.rows import Export, Picture, Row

name, suffix, media_type, label = "jsonl", ".zip", "application/zip", "JSONL"
FOLDER = "images"


def render(export: Export) -> Iterator[bytes]:
    """Pictures come after the rows, each once. An archive that was cut off has no end and does not open."""
    sink, pictures = Sink(), dict[str, "Picture"]()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr(entry("manifest.json"), json.dumps(export.manifest, ensure_ascii=False, indent=2) + "\n")
        with archive.open(entry("pairs.jsonl"), "w", force_zip64=True) as lines:
            for row in export.rows():
                lines.write(line(row))
                pictures |= {picture.name: picture for picture in row.pictures}
                yield sink.take()
        for picture in pictures.values():
            archive.writestr(entry(f"{FOLDER}/{picture.name}", zipfile.ZIP_STORED), picture.read())
            yield sink.take()
    yield sink.take()


def line(row: Row) -> bytes:
    values = row.values | {"images": [f"{FOLDER}/{picture.name}" for picture in row.pictures]}
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


def entry(path: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path)
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    return info
