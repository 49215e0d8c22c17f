"""Reads for the pages of this room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.buckets.models import Bucket, Task, TaskImage

if TYPE_CHECKING:
    from django.db.models import Expression

    from apps.accounts.models import User


@dataclass(frozen=True)
class BucketFacts:
    tasks: int
    pictures: int
    with_pictures: int
    with_references: int
    clusters: int
    languages: int


def bucket_list(user: User) -> QuerySet[Bucket]:
    """The buckets `user` may see, newest first, with `task_count`, `cluster_count`, `language_count`; one query."""
    tasks = Task.objects.filter(bucket=OuterRef("pk")).order_by().values("bucket")
    return (
        Bucket.objects.visible_to(user)
        .select_related("created_by")
        .annotate(
            task_count=_counted(tasks, Count("pk")),
            cluster_count=_counted(tasks, Count("cluster", distinct=True)),
            language_count=_counted(tasks, Count("language", distinct=True)),
        )
        .order_by("-created_at", "-pk")
    )


def _counted(tasks: QuerySet[Task, Any], count: Count) -> Expression:
    return Coalesce(Subquery(tasks.annotate(n=count).values("n"), output_field=IntegerField()), 0)


def bucket_facts(bucket: Bucket) -> BucketFacts:
    places = TaskImage.objects.filter(task__bucket=bucket)
    counts = bucket.tasks.aggregate(
        tasks=Count("pk"),
        with_references=Count("pk", filter=~Q(references=[])),
        clusters=Count("cluster", distinct=True),
        languages=Count("language", distinct=True),
    )
    pictures = places.aggregate(pictures=Count("image", distinct=True), with_pictures=Count("task", distinct=True))
    return BucketFacts(**counts, **pictures)


def distribution(bucket: Bucket, field: Literal["cluster", "language"]) -> list[tuple[str, int]]:
    """Value and number of tasks, most frequent first."""
    rows = bucket.tasks.order_by().values_list(field).annotate(n=Count("pk")).order_by("-n", field)
    return list(rows)


def find_tasks(bucket: Bucket, *, cluster: str = "", language: str = "", search: str = "") -> QuerySet[Task]:
    """Tasks in order with their pictures at hand; `search` looks into keys and instructions. Empty means any."""
    wanted = Q()
    if cluster:
        wanted &= Q(cluster=cluster)
    if language:
        wanted &= Q(language=language)
    if search:
        wanted &= Q(key__icontains=search) | Q(instruction__icontains=search)
    return bucket.tasks.filter(wanted).prefetch_related("task_images__image")


def neighbours(task: Task) -> tuple[Task | None, Task | None]:
    """The tasks before and after this one in its bucket."""
    others = Task.objects.filter(bucket_id=task.bucket_id)
    before = others.filter(position__lt=task.position).order_by("-position").first()
    return before, others.filter(position__gt=task.position).order_by("position").first()


def versions_of(bucket: Bucket, user: User) -> QuerySet[Bucket]:
    """All versions of the bucket that `user` may see, newest first."""
    return Bucket.objects.visible_to(user).filter(name=bucket.name).order_by("-version")
