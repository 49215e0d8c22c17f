"""Live traffic in place of assessors: a split sends units to arms and keeps who saw what, and what they did."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.pipelines.models import PipelineRevision

if TYPE_CHECKING:
    from apps.accounts.models import User


class SplitState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a split", "Draft")
    RUNNING = "running", pgettext_lazy("state of a split", "Running")
    STOPPED = "stopped", pgettext_lazy("state of a split", "Stopped")


class SplitQuerySet(models.QuerySet["Split"]):
    def visible_to(self, user: User) -> SplitQuerySet:
        """Researchers and admins see every split, as they see every pipeline; assessors none."""
        return self.none() if user.is_assessor or not user.is_active else self.all()


class Split(models.Model):
    """A split never changes once started: another seed, coverage or weight is another split."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    seed = models.CharField(
        _("seed"), max_length=100, validators=[RegexValidator(r"^[!-~]+$", _("Use ASCII characters without spaces."))]
    )
    coverage = models.FloatField(
        _("coverage"), default=1.0, validators=[MinValueValidator(0.0001), MaxValueValidator(1.0)]
    )
    state = models.CharField(_("state"), max_length=8, choices=SplitState.choices, default=SplitState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    objects = SplitQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("split")
        verbose_name_plural = _("splits")
        constraints = [
            models.CheckConstraint(condition=models.Q(coverage__gt=0, coverage__lte=1), name="split_coverage_share"),
            models.CheckConstraint(
                condition=models.Q(state=SplitState.DRAFT, started_at=None, stopped_at=None)
                | models.Q(state=SplitState.RUNNING, started_at__isnull=False, stopped_at=None)
                | models.Q(state=SplitState.STOPPED, started_at__isnull=False, stopped_at__isnull=False),
                name="split_state_has_its_times",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Arm(models.Model):
    split = models.ForeignKey(Split, on_delete=models.CASCADE, related_name="arms")
    revision = models.ForeignKey(
        PipelineRevision, verbose_name=_("pipeline revision"), on_delete=models.PROTECT, related_name="arms"
    )
    weight = models.FloatField(_("weight"))
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        verbose_name = _("arm")
        verbose_name_plural = _("arms")
        constraints = [
            models.UniqueConstraint(fields=["split", "position"], name="arm_position_once"),
            models.CheckConstraint(condition=models.Q(weight__gt=0, weight__lte=1), name="arm_weight_share"),
        ]

    def __str__(self) -> str:
        return f"{self.split_id}/{self.position}"


class Exposure(models.Model):
    """The first time a unit met its arm. The database holds `arm` to the same split (migration 0002)."""

    split = models.ForeignKey(Split, on_delete=models.CASCADE, related_name="exposures")
    unit = models.CharField(max_length=64)
    arm = models.ForeignKey(Arm, on_delete=models.CASCADE, related_name="exposures")
    first_at = models.DateTimeField()

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        constraints = [models.UniqueConstraint(fields=["split", "unit"], name="exposure_once")]

    def __str__(self) -> str:
        return f"{self.split_id}/{self.unit[:12]}"


class Event(models.Model):
    """What a unit did, by the client's clock (`at`) and ours (`received_at`); the client's id makes it idempotent."""

    split = models.ForeignKey(Split, on_delete=models.CASCADE, related_name="events")
    event_id = models.UUIDField()
    unit = models.CharField(max_length=64)
    kind = models.CharField(_("kind"), max_length=40)
    value = models.FloatField(_("value"), default=1.0)
    at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["split", "event_id"], name="event_once")]
        indexes = [models.Index(fields=["split", "kind"], name="event_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
