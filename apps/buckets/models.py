"""What we ask: named, versioned sets of tasks with their pictures.

Triggers (migration 0002) refuse every change to the tasks of a frozen bucket, and to what a frozen bucket is.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from apps.accounts.models import User


class BucketQuerySet(models.QuerySet["Bucket"]):
    def visible_to(self, user: User) -> BucketQuerySet:
        """Admins see every bucket, researchers the ones they are members of, assessors none (they see comparisons)."""
        if not user.is_active or user.is_assessor:
            return self.none()
        return self.all() if user.is_admin else self.filter(members=user)


class Bucket(models.Model):
    """A named, versioned set of tasks; frozen once something was generated from it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    version = models.PositiveIntegerField(_("version"), default=1)
    description = models.TextField(_("description"), blank=True, default="")
    licence_notes = models.TextField(_("licence notes"), blank=True, default="")
    sha256 = models.CharField(max_length=64, editable=False, help_text=_("Over the tasks in order, pictures by hash."))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("members"),
        related_name="buckets",
        help_text=_("Researchers who may see and use the bucket; admins always may."),
    )

    objects = BucketQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-version"]
        verbose_name = _("bucket")
        verbose_name_plural = _("buckets")
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="bucket_version_once")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class ImageQuerySet(models.QuerySet["Image"]):
    def visible_to(self, user: User) -> ImageQuerySet:
        """Pictures of at least one task in a bucket that `user` may see."""
        buckets = Bucket.objects.visible_to(user)
        shown = TaskImage.objects.filter(image=models.OuterRef("pk"), task__bucket__in=buckets)
        return self.filter(models.Exists(shown))


class Image(models.Model):
    """A picture, decoded and re-encoded on the way in, stored once under the hash of what is stored."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(upload_to="images/")
    media_type = models.CharField(max_length=20)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")

    def __str__(self) -> str:
        return self.sha256[:12]


class Task(models.Model):
    """One thing to ask: an instruction, zero or more images, a language, a cluster, optional references."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bucket = models.ForeignKey(Bucket, verbose_name=_("bucket"), on_delete=models.CASCADE, related_name="tasks")
    key = models.CharField(_("key"), max_length=200)
    position = models.PositiveIntegerField(_("position"))
    instruction = models.TextField(_("instruction"))
    language = models.CharField(_("language"), max_length=16)
    cluster = models.CharField(_("cluster"), max_length=80)
    references = models.JSONField(_("references"), default=list, blank=True)
    images: models.ManyToManyField[Image, TaskImage] = models.ManyToManyField(
        Image, through="TaskImage", related_name="tasks"
    )

    class Meta:
        ordering = ["position"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(fields=["bucket", "key"], name="task_key_once"),
            models.UniqueConstraint(fields=["bucket", "position"], name="task_position_once"),
            models.CheckConstraint(condition=~models.Q(key=""), name="task_has_key"),
            models.CheckConstraint(condition=~models.Q(instruction=""), name="task_has_instruction"),
            models.CheckConstraint(condition=~models.Q(cluster=""), name="task_has_cluster"),
        ]
        indexes = [
            models.Index(fields=["bucket", "cluster", "position"], name="task_by_cluster"),
            models.Index(fields=["bucket", "language", "position"], name="task_by_language"),
        ]

    def __str__(self) -> str:
        return self.key


class TaskImage(models.Model):
    """A picture's place in a task, with the researcher's words for those who can't see it."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="task_images")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="task_images")
    position = models.PositiveSmallIntegerField()
    alt = models.CharField(_("description"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["task", "position"], name="task_image_position_once")]

    def __str__(self) -> str:
        return f"{self.task_id}:{self.position}"
