"""What a source allows to be done with questions and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.benchmarks.models import Source
from apps.buckets.models import TaskImage

if TYPE_CHECKING:
    from apps.buckets.models import Bucket


def closed_tasks(bucket: Bucket) -> set[int]:
    """Tasks that may not be passed on: all of such a set, elsewhere those with a picture of one. Stored pictures are
    one by content.
    """
    closed = Source.objects.filter(may_be_passed_on=False)
    if closed.filter(bucket=bucket).exists():
        return set(bucket.tasks.values_list("pk", flat=True))
    pictures = TaskImage.objects.filter(task__bucket__in=closed.values("bucket")).values("image")
    shown = TaskImage.objects.filter(task__bucket=bucket, image__in=pictures)
    return set(shown.values_list("task_id", flat=True))
