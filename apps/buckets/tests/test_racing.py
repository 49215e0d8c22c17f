"""Two people import at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from apps.accounts.tests.makers import make_user
from apps.buckets.models import Bucket, Image
from apps.buckets.services import import_bucket
from apps.buckets.tests.makers import picture_bytes, task_line, write_jsonl, write_zip

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.django_db(transaction=True)
def test_imports_of_one_name_and_one_picture_take_their_turns(tmp_path: Path) -> None:
    actor, together = make_user("r@example.org", role="researcher"), Barrier(4)
    table = write_jsonl(tmp_path, task_line(image="a.png"))
    pictures = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes()})

    def bring_in(_: int) -> int:
        try:
            together.wait(timeout=10)
            bucket = import_bucket(
                actor=actor, name="Same", description="", licence_notes="", table=table, images=pictures
            )
            return bucket.version
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(bring_in, range(4))) == [1, 2, 3, 4]
    assert Bucket.objects.values("sha256").distinct().count() == 1
    image = Image.objects.get()
    assert default_storage.listdir("images")[1] == [str(image.file.name).rpartition("/")[2]]
