"""Hostile archives and pictures are refused by name; sound ones come out plain."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image as Pillow

from apps.buckets.domain import limits
from apps.buckets.domain.problems import PictureProblem
from apps.buckets.pictures.encoding import encode_picture
from apps.buckets.pictures.sources import open_pictures
from apps.buckets.tests.makers import picture_bytes, write_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def refusal(where: Path, name: str = "a.png") -> str:
    with pytest.raises(PictureProblem) as refused, open_pictures(where) as source:
        source.read(name)
    return refused.value.code


def saved(image: Pillow.Image, format_name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/a.png", "x/../../a.png", "C:\\a.png", "..\\a.png", "\\\\host\\a.png"]
)
def test_names_that_lead_out_refuse_the_archive(tmp_path: Path, name: str) -> None:
    archive = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes(), name: b"x"})
    assert refusal(archive) == "zip_unsafe_name"


def test_links_refuse_the_archive(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path / "p.zip") == "zip_link"


def test_encrypted_archives_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes()})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refusal(path) == "zip_encrypted"


def test_too_many_entries_and_too_much_in_all_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_zip(tmp_path / "p.zip", {f"{number}.png": b"x" * 100 for number in range(11)})
    monkeypatch.setattr(limits, "MAX_ARCHIVE_ENTRIES", 10)
    assert refusal(path) == "zip_entries"
    monkeypatch.setattr(limits, "MAX_ARCHIVE_ENTRIES", 11)
    monkeypatch.setattr(limits, "MAX_ARCHIVE_TOTAL_BYTES", 1000)
    assert refusal(path) == "zip_total"


def test_a_bomb_is_unpacked_only_to_the_limit(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": bytes(limits.MAX_PICTURE_BYTES + 10)})
    assert path.stat().st_size < 100_000
    assert refusal(path) == "picture_too_large"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_unpack_without_a_limit_are_refused(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w", method) as archive:
        archive.writestr("a.png", picture_bytes())
    assert refusal(tmp_path / "p.zip") == "zip_packing"


def test_a_size_that_lies_is_noticed(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "p.zip", {"a.png": bytes(1_000_000)})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + offset
        data[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    assert refusal(path) == "zip_damaged"


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK\x03\x04 nonsense")
    assert refusal(tmp_path / "p.zip") == "not_a_zip"
    assert refusal(tmp_path / "absent.zip") == "not_a_zip"


def test_names_are_found_however_they_were_packed(tmp_path: Path) -> None:
    decomposed = "фото/ёлка.png".encode().decode().replace("ё", "ё")
    path = write_zip(tmp_path / "p.zip", {f"pack/{decomposed}": b"1", "pack/b.png": b"2", "__MACOSX/._b.png": b"x"})
    with open_pictures(path) as source:
        assert sorted(source.names()) == ["b.png", "фото/ёлка.png"]
        assert (source.read("фото\\ёлка.png"), source.read("./b.png")) == (b"1", b"2")


def test_names_of_a_russian_windows_are_understood(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("Z" * 8)
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr(info, b"1")
    data = (tmp_path / "p.zip").read_bytes().replace(b"Z" * 8, "знак.png".encode("cp866"))
    (tmp_path / "p.zip").write_bytes(data)
    with open_pictures(tmp_path / "p.zip") as source:
        assert source.read("знак.png") == b"1"


def test_a_folder_is_not_left(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(picture_bytes())
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "a.png").write_bytes(b"1")
    with open_pictures(folder) as source:
        assert source.read("a.png") == b"1"
    for name in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        assert refusal(folder, name) == "unsafe_name"
    assert refusal(folder, ".") == "unsafe_name"
    assert refusal(folder, "b.png") == "missing_image"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_an_image"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "svg"),
        (b"%PDF-1.7", "not_an_image"),
        (picture_bytes()[:40], "not_an_image"),
        (picture_bytes("JPEG", size=(400, 400))[:900], "not_an_image"),
        (picture_bytes("PPM"), "not_an_image"),
        (b"GIF89a" + b"\xff" * 30, "not_an_image"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(PictureProblem) as refused:
        encode_picture(data, "a.png")
    assert refused.value.code == code


def test_a_header_of_too_many_pixels_is_refused_before_decoding() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")
    with pytest.raises(PictureProblem) as refused:
        encode_picture(bomb, "a.png")
    assert refused.value.code == "too_many_pixels"


def _half_clear() -> Pillow.Image:
    return Pillow.new("RGBA", (4, 4), (0, 0, 0, 0))


@pytest.mark.parametrize(
    ("make", "format_name", "mode", "pixel"),
    [
        (_half_clear, "PNG", "RGB", (255, 255, 255)),
        (lambda: Pillow.new("LA", (4, 4), (0, 0)), "PNG", "RGB", (255, 255, 255)),
        (lambda: Pillow.new("1", (4, 4), 1), "PNG", "L", 255),
        (lambda: Pillow.fromarray(np.full((4, 4), 257 * 100, "uint16")), "PNG", "L", 100),
        (lambda: Pillow.fromarray(np.zeros((4, 4), "float32")), "TIFF", "L", 0),
        (lambda: Pillow.new("CMYK", (4, 4), (0, 0, 0, 255)), "TIFF", "RGB", (0, 0, 0)),
        (lambda: Pillow.new("RGB", (4, 4), "red").convert("P"), "GIF", "RGB", (255, 0, 0)),
    ],
)
def test_every_mode_becomes_plain(
    make: Callable[[], Pillow.Image], format_name: str, mode: str, pixel: int | tuple[int, ...]
) -> None:
    picture = encode_picture(saved(make(), format_name), "a")
    with Pillow.open(io.BytesIO(picture.data)) as image:
        assert (image.format, image.mode, image.getpixel((1, 1))) == ("PNG", mode, pixel)


def test_exif_turns_the_picture_and_is_dropped() -> None:
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "Camera of Ann", "secret"
    source = Pillow.new("RGB", (40, 20), "blue")
    picture = encode_picture(saved(source, "JPEG", exif=exif, comment=b"secret", quality=95), "a.jpg")
    assert (picture.width_px, picture.height_px, picture.media_type) == (20, 40, "image/jpeg")
    with Pillow.open(io.BytesIO(picture.data)) as image:
        assert not image.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
    assert b"secret" not in picture.data and b"Ann" not in picture.data


def test_the_first_frame_of_an_animation_is_kept() -> None:
    frames = [Pillow.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    picture = encode_picture(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), "a.gif")
    assert picture.frames == 2
    with Pillow.open(io.BytesIO(picture.data)) as image:
        assert image.getpixel((0, 0)) == (255, 0, 0)


def test_the_same_picture_has_the_same_hash() -> None:
    assert encode_picture(picture_bytes(), "a").sha256 == encode_picture(picture_bytes("BMP"), "b").sha256
