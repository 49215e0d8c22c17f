"""What we compare: a named pipeline and its immutable revisions."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from apps.accounts.models import User


class PipelineQuerySet(models.QuerySet["Pipeline"]):
    def visible_to(self, user: User) -> PipelineQuerySet:
        """Researchers and admins see every pipeline; assessors none, or they would not be blind."""
        return self.none() if user.is_assessor or not user.is_active else self.all()


class Pipeline(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PipelineQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")

    def __str__(self) -> str:
        return self.name


class PipelineRevision(models.Model):
    """An immutable definition. `sha256` is over the canonical JSON of `spec`; a database trigger refuses UPDATE."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pipeline = models.ForeignKey(
        Pipeline, verbose_name=_("pipeline"), on_delete=models.PROTECT, related_name="revisions"
    )
    number = models.PositiveIntegerField(_("number"))
    source = models.TextField(_("YAML"))
    spec = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["pipeline", "-number"]
        verbose_name = _("pipeline revision")
        verbose_name_plural = _("pipeline revisions")
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "number"], name="revision_number_once"),
            models.UniqueConstraint(fields=["pipeline", "sha256"], name="revision_content_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pipeline.name} r{self.number}"
