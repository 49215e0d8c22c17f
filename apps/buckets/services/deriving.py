"""A bucket made of another one's tasks: their pictures, asked something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from apps.audit.services import record
from apps.buckets.domain.fingerprint import Fingerprint
from apps.buckets.domain.rows import TaskRow
from apps.buckets.models import Bucket, Task, TaskImage
from apps.buckets.services.importing import CHUNK, chunks, next_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User


@dataclass(frozen=True)
class DerivedTask:
    """Another instruction for the task with primary key `source`; language, cluster and pictures stay."""

    source: int
    key: str
    instruction: str


@transaction.atomic
def derive_bucket(*, actor: User, source: Bucket, name: str, description: str, tasks: Iterable[DerivedTask]) -> Bucket:
    """Seen by whoever sees `source` now; a name already used by a bucket of yours makes its next version. `tasks` are
    read a thousand at a time, and must be of `source`. Raises ImportRefused for a name of somebody else's bucket.
    """
    bucket = next_version(actor, name, description, source.licence_notes)
    bucket.members.add(*source.members.all())
    fingerprint, position = Fingerprint(), 0
    for rows in chunks(tasks, CHUNK):
        _add(bucket, source, rows, position, fingerprint)
        position += len(rows)
    bucket.sha256 = fingerprint.hexdigest()
    bucket.save(update_fields=["sha256"])
    facts = {"version": bucket.version, "tasks": position, "source": str(source.public_id)}
    record(actor, "bucket.derived", bucket, sha256=bucket.sha256, **facts)
    return bucket


def _add(bucket: Bucket, source: Bucket, rows: list[DerivedTask], position: int, fingerprint: Fingerprint) -> None:
    originals = source.tasks.in_bulk([row.source for row in rows])
    places: dict[int, list[TaskImage]] = {}
    for place in TaskImage.objects.filter(task__in=originals).select_related("image").order_by("position"):
        places.setdefault(place.task_id, []).append(place)
    made = Task.objects.bulk_create(
        Task(
            bucket=bucket,
            key=row.key,
            position=number,
            instruction=row.instruction,
            language=originals[row.source].language,
            cluster=originals[row.source].cluster,
        )
        for number, row in enumerate(rows, start=position)
    )
    TaskImage.objects.bulk_create(
        TaskImage(task=task, image=place.image, position=place.position, alt=place.alt)
        for task, row in zip(made, rows, strict=True)
        for place in places.get(row.source, ())
    )
    for task, row in zip(made, rows, strict=True):
        shown = places.get(row.source, ())
        alts = tuple(place.alt for place in shown)
        line = TaskRow(task.position, task.key, task.instruction, task.language, task.cluster, alts=alts)
        fingerprint.add(line, [place.image.sha256 for place in shown])
