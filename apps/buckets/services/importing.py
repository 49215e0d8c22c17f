"""Import a bucket: two passes over the table, all or nothing."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext, ngettext, pgettext

from apps.audit.services import record
from apps.buckets.domain.fingerprint import Fingerprint
from apps.buckets.domain.problems import WHOLE_FILE, PictureProblem, Problem
from apps.buckets.importers.checking import CheckedTable, check_table
from apps.buckets.importers.refusal import refuse
from apps.buckets.models import Bucket, Task, TaskImage
from apps.buckets.pictures.sources import open_pictures
from apps.buckets.pictures.staging import StagingArea
from apps.buckets.pictures.storing import removed_on_failure, store_pictures
from apps.web.progress import Tell, tell_nobody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from apps.accounts.models import User
    from apps.buckets.domain.rows import TaskRow

T = TypeVar("T")
CHUNK = 1000
MAX_NAME_CHARS = 120


def import_bucket(
    *,
    actor: User,
    name: str,
    description: str,
    licence_notes: str,
    table: Path,
    images: Path | None,
    warn: Callable[[str], None] = lambda _: None,
    tell: Tell = tell_nobody,
) -> Bucket:
    """Make a bucket of a table and its pictures; a name already used by a bucket of yours makes its next version.

    `warn` is told of what is odd but harmless, `tell` how far it is. Raises ImportRefused with every problem found,
    PermissionDenied for an assessor. Memory stays flat in the number of tasks but for one dictionary of keys.
    """
    if actor.is_assessor:
        raise PermissionDenied
    name = _checked_name(actor, name)
    try:
        with tempfile.TemporaryDirectory() as folder, open_pictures(images) as source:
            staging = StagingArea(source, Path(folder))
            checked = check_table(table, staging, tell)
            with removed_on_failure() as written, transaction.atomic():
                image_ids = store_pictures(staging.staged.values(), written, tell)
                bucket = next_version(actor, name, description, licence_notes)
                bucket.sha256 = _add_tasks(bucket, checked, staging, image_ids, tell)
                bucket.save(update_fields=["sha256"])
                facts = {"version": bucket.version, "tasks": checked.tasks, "pictures": len(image_ids)}
                record(actor, "bucket.imported", bucket, sha256=bucket.sha256, **facts)
            for warning in _warnings(bucket, staging):
                warn(warning)
    except PictureProblem as problem:
        raise refuse(problem.at(WHOLE_FILE, "images")) from problem
    return bucket


def _checked_name(actor: User, name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise refuse(Problem(WHOLE_FILE, "name", "name_empty"))
    if len(name) > MAX_NAME_CHARS:
        raise refuse(Problem(WHOLE_FILE, "name", "name_too_long", {"most": MAX_NAME_CHARS}))
    _refuse_taken(actor, name)
    return name


def _refuse_taken(actor: User, name: str) -> None:
    versions = Bucket.objects.filter(name=name)
    if versions.exists() and not versions.visible_to(actor).exists():
        raise refuse(Problem(WHOLE_FILE, "name", "name_taken"))


def next_version(actor: User, name: str, description: str, licence_notes: str) -> Bucket:
    """A lock on the name, held to the end of the transaction, makes two imports of it take their turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bucket:{name}"])
    _refuse_taken(actor, name)
    previous = Bucket.objects.filter(name=name).order_by("-version").first()
    latest = Bucket.objects.filter(name=name).aggregate(latest=Max("version"))["latest"] or 0
    bucket = Bucket.objects.create(
        name=name,
        version=latest + 1,
        description=description.strip(),
        licence_notes=licence_notes.strip(),
        created_by=actor,
    )
    bucket.members.add(actor, *(previous.members.all() if previous else ()))
    return bucket


def _add_tasks(
    bucket: Bucket, checked: CheckedTable, staging: StagingArea, image_ids: dict[str, int], tell: Tell
) -> str:
    """The second pass, a thousand rows at a time; returns the fingerprint of what was written."""
    fingerprint = Fingerprint()
    position = 0
    for rows in chunks(checked.rows(), CHUNK):
        hashes = [[staging.stage(name).sha256 for name in row.images] for row in rows]
        tasks = Task.objects.bulk_create(_task(bucket, place, row) for place, row in enumerate(rows, start=position))
        TaskImage.objects.bulk_create(
            TaskImage(task=task, image_id=image_ids[digest], position=place, alt=alt)
            for task, row, digests in zip(tasks, rows, hashes, strict=True)
            for place, (digest, alt) in enumerate(zip(digests, row.alts, strict=True))
        )
        for row, digests in zip(rows, hashes, strict=True):
            fingerprint.add(row, digests)
        position += len(rows)
        tell(pgettext("progress", "Writing tasks"), position, checked.tasks)
    return fingerprint.hexdigest()


def _task(bucket: Bucket, position: int, row: TaskRow) -> Task:
    return Task(
        bucket=bucket,
        key=row.key,
        position=position,
        instruction=row.instruction,
        language=row.language,
        cluster=row.cluster,
        references=list(row.references),
    )


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    stream = iter(rows)
    while chunk := list(islice(stream, size)):
        yield chunk


def _warnings(bucket: Bucket, staging: StagingArea) -> Iterator[str]:
    if unused := staging.unused():
        text = ngettext(
            "%(count)s file among the pictures is used by no task, for example “%(name)s”.",
            "%(count)s files among the pictures are used by no task, for example “%(name)s”.",
            len(unused),
        )
        yield text % {"count": len(unused), "name": unused[0]}
    if staging.animated:
        text = ngettext(
            "%(count)s picture has several frames or pages; only the first is kept: “%(name)s”.",
            "%(count)s pictures have several frames or pages; only the first is kept, for example of “%(name)s”.",
            len(staging.animated),
        )
        yield text % {"count": len(staging.animated), "name": staging.animated[0]}
    same = Bucket.objects.filter(name=bucket.name, sha256=bucket.sha256).exclude(pk=bucket.pk).first()
    if same is not None:
        yield gettext("Version %(version)s holds exactly the same tasks.") % {"version": same.version}
