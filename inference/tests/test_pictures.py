"""Opening pictures that somebody else made."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from inference.models.pictures import open_picture


def encoded(form: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(stream, form)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_the_formats_that_a_task_may_have_are_opened(tmp_path: Path, form: str) -> None:
    (tmp_path / "picture").write_bytes(encoded(form))
    assert open_picture(tmp_path / "picture").size == (20, 10)


@pytest.mark.parametrize("form", ["PPM", "PCX", "EPS", "ICO"])
def test_others_are_not_even_tried(tmp_path: Path, form: str) -> None:
    (tmp_path / "picture").write_bytes(encoded(form))
    with pytest.raises(ValueError, match=r"picture can't be opened"):
        open_picture(tmp_path / "picture")


@pytest.mark.parametrize("fault", [struct.error("short"), EOFError(), zlib.error("bad"), MemoryError(), IndexError()])
def test_whatever_a_decoder_raises_is_the_picture_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    (tmp_path / "picture").write_bytes(encoded("PNG"))

    def broken(picture: Image.Image, mode: str) -> Image.Image:
        raise fault

    monkeypatch.setattr(Image.Image, "convert", broken)
    with pytest.raises(ValueError, match=type(fault).__name__):
        open_picture(tmp_path / "picture")
