"""Tasks of a bucket as protocols read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.benchmarks.domain.items import Item
from apps.benchmarks.models import Detail
from apps.buckets.models import TaskImage

if TYPE_CHECKING:
    from apps.buckets.models import Bucket


def items_of(bucket: Bucket) -> dict[int, Item]:
    """By the task's primary key, in the order of tasks. What shares its first picture is a group, unless a group is
    given; the cluster is the category of a task that has none.
    """
    places = TaskImage.objects.filter(task__bucket=bucket).order_by("-position")
    pictures = dict(places.values_list("task", "image"))  # the first picture is the last to be written
    details = Detail.objects.filter(task__bucket=bucket).in_bulk(field_name="task_id")
    rows = bucket.tasks.order_by("position").values_list("pk", "key", "references", "cluster")
    return {
        pk: _item(key, references, cluster, details.get(pk), f"picture {pictures[pk]}" if pk in pictures else "")
        for pk, key, references, cluster in rows
    }


def _item(key: str, references: list[str], cluster: str, detail: Detail | None, picture: str) -> Item:
    if detail is None:
        return Item(key, tuple(references), group=picture, category=cluster)
    return Item(
        key,
        tuple(detail.facts.get("references", references)),
        choices=detail.choices,
        group=detail.group or picture,
        category=detail.category or cluster,
        facts=detail.facts,
    )


def languages_of(bucket: Bucket) -> list[str]:
    return list(bucket.tasks.order_by("language").values_list("language", flat=True).distinct())
