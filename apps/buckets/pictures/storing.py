"""Staged pictures into storage and rows, so that a failure leaves no file behind."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import pgettext

from apps.buckets.models import Image
from apps.web.progress import Tell, tell_nobody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.buckets.pictures.staging import StagedPicture

_CHUNK = 500


@contextmanager
def removed_on_failure() -> Iterator[list[str]]:
    """A list for the names of files written; they are deleted when the block raises. Put it around the transaction."""
    written: list[str] = []
    try:
        yield written
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise


def store_pictures(pictures: Iterable[StagedPicture], written: list[str], tell: Tell = tell_nobody) -> dict[str, int]:
    """Hash -> primary key, inside the caller's transaction; appends the name of each file to `written`.

    Another import may insert the same picture at the same time: the row of whoever commits first is used by both, and
    the other file is removed.
    """
    by_hash = {picture.sha256: picture for picture in pictures}
    hashes = sorted(by_hash)  # one order for everybody, so that two imports can't wait for each other
    ids: dict[str, int] = {}
    for start in range(0, len(hashes), _CHUNK):
        chunk = hashes[start : start + _CHUNK]
        known = set(Image.objects.filter(sha256__in=chunk).values_list("sha256", flat=True))
        new = [_written(by_hash[digest], written) for digest in chunk if digest not in known]
        Image.objects.bulk_create(new, ignore_conflicts=True)
        rows = {image.sha256: image for image in Image.objects.filter(sha256__in=chunk)}
        for image in new:
            if rows[image.sha256].file.name != image.file.name:
                default_storage.delete(str(image.file.name))
        ids.update((digest, image.pk) for digest, image in rows.items())
        tell(pgettext("progress", "Storing pictures"), len(ids), len(hashes))
    return ids


def _written(picture: StagedPicture, written: list[str]) -> Image:
    field = Image._meta.get_field("file")
    image = Image(
        sha256=picture.sha256,
        media_type=picture.media_type,
        width_px=picture.width_px,
        height_px=picture.height_px,
        size_bytes=picture.size_bytes,
    )
    with picture.path.open("rb") as stream:
        name = default_storage.save(field.generate_filename(image, picture.path.name), File(stream))
    written.append(name)
    image.file.name = name
    return image
