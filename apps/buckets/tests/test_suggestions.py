"""A missing picture comes with the name that was probably meant, at a price that stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.buckets.domain.limits import MAX_ERRORS_SHOWN
from apps.buckets.domain.nearest import NameIndex
from apps.buckets.domain.problems import PictureProblem
from apps.buckets.pictures.sources import Folder
from apps.buckets.pictures.staging import StagingArea

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = [f"photos/img_{number:04}.JPG" for number in range(3000)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("photos/img_0007.jpg", "photos/img_0007.JPG"),
        ("photo/img_2999.jpg", "photos/img_2999.JPG"),
        ("photos/img_1234.jpeg", "photos/img_1234.JPG"),
        ("nothing like it", None),
    ],
)
def test_the_name_that_was_meant_is_found(written: str, meant: str | None) -> None:
    assert NameIndex(KNOWN).nearest(written) == meant


class CountedFolder(Folder):
    listed = 0

    def names(self) -> list[str]:
        self.listed += 1
        return super().names()


def test_only_the_problems_that_are_shown_get_one_and_the_folder_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "a-0.png").write_bytes(b"1")
    folder = CountedFolder(tmp_path)
    staging = StagingArea(folder, tmp_path)
    for number in range(1, MAX_ERRORS_SHOWN + 11):
        with pytest.raises(PictureProblem):
            staging.stage(f"a-{number}.png")
    suggested = [problem.facts.get("suggestion") for problem in staging.refused.values()]
    assert suggested == ["a-0.png"] * MAX_ERRORS_SHOWN + [None] * 10
    assert folder.listed == 1
