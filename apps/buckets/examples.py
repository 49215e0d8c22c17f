"""Small tables to start from, and the pictures they name. A test imports them, so they are always right."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS: list[dict[str, object]] = [
    {
        "key": "shape-1",
        "instruction": "What colour is the circle?",
        "images": ["circle.png"],
        "language": "en",
        "cluster": "colours",
        "references": ["red", "it is red"],
        "alt": ["One shape on white"],
    },
    {
        "key": "shape-2",
        "instruction": "На какой картинке квадрат: на первой или на второй?",
        "images": ["circle.png", "square.png"],
        "language": "ru",
        "cluster": "shapes",
        "references": ["на второй"],
        "alt": ["Первая фигура на белом", "Вторая фигура на белом"],
    },
    {
        "key": "text-1",
        "instruction": "Write a polite one-line reply: you can't come on Friday.",
        "images": [],
        "language": "en",
        "cluster": "writing",
        "references": [],
        "alt": [],
    },
]


def jsonl_table() -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


def csv_table() -> bytes:
    """With a byte order mark, so that Excel reads the Cyrillic."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(ROWS[0])
    for row in ROWS:
        separators = {"images": ";", "references": "|", "alt": "|"}
        writer.writerow(
            separators[name].join(value) if isinstance(value, list) else value for name, value in row.items()
        )
    return stream.getvalue().encode("utf-8-sig")


def pictures_zip() -> bytes:
    stream = io.BytesIO()
    circle = _drawn(lambda draw: draw.ellipse((30, 30, 130, 130), "#c62828"))
    square = _drawn(lambda draw: draw.rectangle((30, 30, 130, 130), "#1565c0"))
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("circle.png"), circle)
        archive.writestr(zipfile.ZipInfo("square.png"), square)
    return stream.getvalue()


def _drawn(draw: Callable[[ImageDraw.ImageDraw], None]) -> bytes:
    image = Image.new("RGB", (160, 160), "white")
    draw(ImageDraw.Draw(image))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


EXAMPLES: dict[str, tuple[Callable[[], bytes], str]] = {
    "tasks.jsonl": (jsonl_table, "application/x-ndjson"),
    "tasks.csv": (csv_table, "text/csv; charset=utf-8"),
    "pictures.zip": (pictures_zip, "application/zip"),
}
