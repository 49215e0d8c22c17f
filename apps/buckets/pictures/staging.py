"""Pictures of an import wait in a temporary folder, re-encoded, until the whole table is found sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from apps.buckets.domain.archive import plain_name
from apps.buckets.domain.limits import MAX_ERRORS_SHOWN
from apps.buckets.domain.nearest import NameIndex
from apps.buckets.domain.problems import PictureProblem
from apps.buckets.pictures.encoding import encode_picture

if TYPE_CHECKING:
    from pathlib import Path

    from apps.buckets.pictures.encoding import Picture
    from apps.buckets.pictures.sources import PictureSource


_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".svg")


@dataclass(frozen=True)
class StagedPicture:
    """`path` holds the bytes to store, whose hash is `sha256`."""

    sha256: str
    path: Path
    media_type: str
    width_px: int
    height_px: int
    size_bytes: int

    @classmethod
    def written(cls, picture: Picture, folder: Path) -> StagedPicture:
        """The picture, its bytes written into `folder`."""
        path = folder / picture.file_name
        path.write_bytes(picture.data)
        return cls(
            sha256=picture.sha256,
            path=path,
            media_type=picture.media_type,
            width_px=picture.width_px,
            height_px=picture.height_px,
            size_bytes=len(picture.data),
        )


@dataclass
class StagingArea:
    """Each name is read and decoded once, however many rows use it; so is what is wrong with it."""

    source: PictureSource
    folder: Path
    staged: dict[str, StagedPicture] = field(default_factory=dict)
    refused: dict[str, PictureProblem] = field(default_factory=dict)
    animated: list[str] = field(default_factory=list)

    def stage(self, name: str) -> StagedPicture:
        """Raises PictureProblem, the same one for the same name."""
        if name in self.refused:
            raise self.refused[name]
        if name not in self.staged:
            try:
                self.staged[name] = self._stage(name)
            except PictureProblem as problem:
                self._suggest(name, problem)
                self.refused[name] = problem
                raise
        return self.staged[name]

    def unused(self) -> list[str]:
        """Pictures, by their suffix, that no task names."""
        used = {plain_name(name) for name in self.staged}
        return sorted(name for name in self.source.names() if name not in used and name.lower().endswith(_SUFFIXES))

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self.source.names())

    def _suggest(self, name: str, problem: PictureProblem) -> None:
        """What was meant by a missing name; nobody sees more of these than the first refusals."""
        if problem.code == "missing_image" and len(self.refused) < MAX_ERRORS_SHOWN:
            problem.facts["suggestion"] = self._index.nearest(plain_name(name))

    def _stage(self, name: str) -> StagedPicture:
        picture = encode_picture(self.source.read(name), name)
        if picture.frames > 1:
            self.animated.append(name)
        return StagedPicture.written(picture, self.folder)
