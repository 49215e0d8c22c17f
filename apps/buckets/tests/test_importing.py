"""A bucket is imported whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.buckets.importers import ImportRefused
from apps.buckets.models import Bucket, Image, Task
from apps.buckets.services import freeze_bucket, import_bucket
from apps.buckets.tests.makers import picture_bytes, task_line, write_jsonl, write_zip

if TYPE_CHECKING:
    from pathlib import Path

    from apps.accounts.models import User
    from conftest import Cast


def bring_in(actor: User, table: Path, images: Path | None = None, name: str = "Animals") -> Bucket:
    return import_bucket(actor=actor, name=name, description="Some", licence_notes="CC0", table=table, images=images)


def stored_files() -> list[str]:
    return sorted(default_storage.listdir("images")[1]) if default_storage.exists("images") else []


def test_tasks_pictures_and_references_arrive_in_order(cast: Cast, tmp_path: Path) -> None:
    pictures = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes(), "b.png": picture_bytes(colour="blue")})
    table = write_jsonl(
        tmp_path,
        task_line(key="1", images=["b.png", "a.png"], alt=["Blue square", "Red square"], references=["cat", "a cat"]),
        task_line(key=2, instruction="Что это?", language="RU", image="a.png"),
    )
    bucket = bring_in(cast.researcher, table, pictures)
    first, second = bucket.tasks.all()
    assert [(place.alt, place.image.width_px) for place in first.task_images.all()] == [
        ("Blue square", 16),
        ("Red square", 16),
    ]
    assert (first.references, second.key, second.language) == (["cat", "a cat"], "2", "ru")
    assert len(stored_files()) == Image.objects.count() == 2
    assert AuditEvent.objects.get(verb="bucket.imported").facts["tasks"] == 2


def test_the_same_content_has_the_same_hash_and_the_same_name_the_next_version(cast: Cast, tmp_path: Path) -> None:
    table = write_jsonl(tmp_path, task_line())
    first, warnings = bring_in(cast.researcher, table), list[str]()
    second = import_bucket(
        actor=cast.researcher,
        name=" Animals ",
        description="",
        licence_notes="",
        table=table,
        images=None,
        warn=warnings.append,
    )
    assert (first.version, second.version) == (1, 2)
    assert first.sha256 == second.sha256
    assert warnings == ["Version 1 holds exactly the same tasks."]
    other = bring_in(cast.researcher, write_jsonl(tmp_path, task_line(instruction="What is it now?")))
    assert other.sha256 != first.sha256


def test_a_next_version_keeps_the_members(cast: Cast, tmp_path: Path) -> None:
    table = write_jsonl(tmp_path, task_line())
    bring_in(cast.researcher, table).members.add(cast.outsider)
    assert set(bring_in(cast.outsider, table).members.all()) == {cast.researcher, cast.outsider}


def test_only_those_who_see_a_bucket_may_add_its_next_version(cast: Cast, tmp_path: Path) -> None:
    table = write_jsonl(tmp_path, task_line())
    bring_in(cast.researcher, table)
    assert bring_in(cast.admin, table).version == 2
    with pytest.raises(ImportRefused) as refused:
        bring_in(cast.outsider, table)
    assert refused.value.errors[0].field == "name"
    with pytest.raises(PermissionDenied):
        bring_in(cast.assessor, table, name="Mine")


def test_every_problem_is_told_and_nothing_is_kept(cast: Cast, tmp_path: Path) -> None:
    pictures = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes(), "bad.png": b"no picture"})
    table = write_jsonl(
        tmp_path,
        task_line(key="1", image="a.png"),
        task_line(key="1", image="A.png"),
        task_line(key="3", image="bad.png", instruction="  "),
        task_line(key="4", instrucktion="?", language="english"),
    )
    with pytest.raises(ImportRefused) as refused:
        bring_in(cast.researcher, table, pictures)
    found = {(error.row, error.field, error.message) for error in refused.value.errors}
    assert (2, "key", "The key “1” is already used in row 1.") in found
    assert (2, "images", "There is no picture “A.png”. Did you mean “a.png”?") in found
    assert (3, "instruction", "“instruction” is empty.") in found
    assert (4, "instrucktion", "There is no column “instrucktion”. Did you mean “instruction”?") in found
    assert (4, "language", "“english” is not a language tag. Did you mean “en”?") in found
    assert all(error.remedy for error in refused.value.errors)
    assert not Bucket.objects.exists()
    assert not stored_files()


def test_two_thousand_errors_are_counted_and_fifty_shown(cast: Cast, tmp_path: Path) -> None:
    table = write_jsonl(tmp_path, *(task_line(key=str(number), cluster="") for number in range(2000)))
    with pytest.raises(ImportRefused) as refused:
        bring_in(cast.researcher, table)
    assert (refused.value.total, len(refused.value.errors), refused.value.hidden) == (2000, 50, 1950)


def test_files_are_removed_when_the_database_refuses(cast: Cast, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE buckets_task ADD CONSTRAINT no_cats CHECK (cluster <> 'cats')")
    pictures = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes()})
    with pytest.raises(Exception, match="no_cats"):
        bring_in(cast.researcher, write_jsonl(tmp_path, task_line(cluster="cats", image="a.png")), pictures)
    assert not stored_files()
    assert not Bucket.objects.exists()


def test_pictures_known_already_are_stored_once(cast: Cast, tmp_path: Path) -> None:
    pictures = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes(), "copy.png": picture_bytes()})
    table = write_jsonl(tmp_path, task_line(key="1", image="a.png"), task_line(key="2", image="copy.png"))
    bring_in(cast.researcher, table, pictures)
    bring_in(cast.researcher, table, pictures, name="Others")
    assert len(stored_files()) == Image.objects.count() == 1


def test_a_picture_nobody_uses_is_only_a_warning(cast: Cast, tmp_path: Path) -> None:
    pictures = write_zip(tmp_path / "p.zip", {"a.png": picture_bytes(), "spare.png": b"whatever"})
    warnings: list[str] = []
    import_bucket(
        actor=cast.researcher,
        name="B",
        description="",
        licence_notes="",
        table=write_jsonl(tmp_path, task_line(image="a.png")),
        images=pictures,
        warn=warnings.append,
    )
    assert "spare.png" in warnings[0]


def test_many_tasks_are_written_in_few_statements(
    cast: Cast, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    table = write_jsonl(tmp_path, *(task_line(key=str(number)) for number in range(2500)))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        bucket = bring_in(cast.researcher, table)
    positions = list(bucket.tasks.values_list("key", "position"))
    assert positions == [(str(number), number) for number in range(2500)]


def test_freezing_is_recorded_once(cast: Cast, tmp_path: Path) -> None:
    bucket = bring_in(cast.researcher, write_jsonl(tmp_path, task_line()))
    first = timezone.now()
    freeze_bucket(actor=cast.researcher, bucket=bucket, now=first)
    freeze_bucket(actor=cast.researcher, bucket=bucket, now=timezone.now())
    assert bucket.frozen_at == first
    assert AuditEvent.objects.filter(verb="bucket.frozen").count() == 1
    assert Task.objects.filter(bucket=bucket).exists()
