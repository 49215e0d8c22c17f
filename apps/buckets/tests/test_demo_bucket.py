"""The demo bucket is large and varied enough, and imports without a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from apps.buckets.queries import bucket_facts, distribution
from apps.buckets.services import import_bucket
from demo.bucket.build import write_demo_bucket

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cast


pytestmark = pytest.mark.slow


def test_the_demo_bucket_imports_cleanly(cast: Cast, tmp_path: Path) -> None:
    warnings: list[str] = []
    folder = tmp_path / "demo"
    folder.mkdir()
    table = write_demo_bucket(folder)
    bucket = import_bucket(
        actor=cast.researcher,
        name="Demo",
        description="",
        licence_notes=(folder / "LICENCES.md").read_text("utf-8"),
        table=table,
        images=folder,
        warn=warnings.append,
    )
    facts, languages = bucket_facts(bucket), dict(distribution(bucket, "language"))
    assert facts.tasks >= 60
    assert facts.clusters >= 6
    assert min(languages["en"], languages["ru"]) >= 25
    assert facts.with_pictures >= 45
    assert warnings == []
    assert all(place.alt for task in bucket.tasks.all() for place in task.task_images.all())
    for name in {path.name for path in (folder / "photographs").iterdir()}:
        assert f"- {name}:" in bucket.licence_notes
