"""Models of our own: trainings, whose rows are the truth about their work, and the models that came of them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from apps.accounts.models import User


class TrainedModelQuerySet(models.QuerySet["TrainedModel"]):
    def visible_to(self, user: User) -> TrainedModelQuerySet:
        """Researchers and admins see every model; assessors none, or they would not be blind."""
        return self.none() if user.is_assessor or not user.is_active else self.all()


class TrainedModel(models.Model):
    """A finished checkpoint in the model folder. `sha256` is over all its files but the card's.

    Other weights under the same name are another row; the one that lies in the folder has the latest `placed_at`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(pgettext_lazy("of a model", "name"), max_length=40)
    sha256 = models.CharField(max_length=64)
    files = models.JSONField(default=dict, help_text="SHA-256 by file name.")
    card = models.JSONField(default=dict, help_text="card.json as it was written beside the weights.")
    readme = models.TextField(_("card"), blank=True, default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    registered_at = models.DateTimeField(_("registered"), auto_now_add=True)
    placed_at = models.DateTimeField(_("put into the model folder"), default=timezone.now)

    objects = TrainedModelQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        verbose_name = _("model")
        verbose_name_plural = _("models")
        constraints = [models.UniqueConstraint(fields=["name", "sha256"], name="trained_model_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """How a pipeline names it: as `source`, or as `lora` where it is an update of another."""
        return f"./vlm/{self.name}"

    @property
    def is_lora(self) -> bool:
        return "adapter_config.json" in self.files

    @property
    def base(self) -> str:
        """What a LoRA is laid on, as the card of its training says; empty for a whole model."""
        try:
            return str(self.card["recipe"]["model"]["base"]) if self.is_lora else ""
        except (KeyError, TypeError):
            return ""

    @property
    def written(self) -> str:
        """The value of `source` in a definition; for a LoRA, with the key that follows."""
        return f"{self.base or '…'}, lora: {self.source}" if self.is_lora else self.source


class TrainingState(models.TextChoices):
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Ready to start")
    WAITING = "waiting", _("Waiting for a worker")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


TO_DO = (TrainingState.CHECKING, TrainingState.WAITING, TrainingState.RUNNING)
UNFINISHED = (TrainingState.WAITING, TrainingState.RUNNING)


class TrainingQuerySet(models.QuerySet["Training"]):
    def visible_to(self, user: User) -> TrainingQuerySet:
        """As models are: what is trained lies in a folder that all researchers use."""
        return self.none() if user.is_assessor or not user.is_active else self.all()

    def claimable(self, *, to_check: bool) -> TrainingQuerySet:
        """What nobody is at: to be checked, or to be trained. A lease that ran out counts: its process was lost."""
        states = [TrainingState.CHECKING] if to_check else UNFINISHED
        free = models.Q(lease_until=None) | models.Q(lease_until__lt=Now())
        return self.filter(free, state__in=states)


class Training(models.Model):
    """A recipe on its way to a model. `attempt` counts claims and fences writes, as that of an answer does.

    `losses` counts processes that were lost since the last checkpoint. `report` is what the check found. `started_at`
    is when the last training process began.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("model"), max_length=40)
    source = models.TextField(_("recipe (YAML)"))
    stages = models.PositiveSmallIntegerField(_("stages"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=10, choices=TrainingState.choices, default=TrainingState.CHECKING)
    again = models.BooleanField(_("starts over"), default=False)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    losses = models.PositiveSmallIntegerField(_("lost processes"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True, default="")
    report = models.JSONField(_("what the check found"), default=dict, blank=True)
    stage = models.CharField(_("stage"), max_length=40, blank=True, default="")
    place = models.PositiveSmallIntegerField(_("number of the stage"), default=0)
    step = models.PositiveIntegerField(_("step"), default=0)
    steps = models.PositiveIntegerField(_("steps"), default=0)
    saved_step = models.PositiveIntegerField(_("step of the last checkpoint"), default=0)
    error = models.TextField(_("error"), blank=True, default="")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    model = models.ForeignKey(TrainedModel, null=True, blank=True, on_delete=models.PROTECT, related_name="trainings")

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=TrainingState.values), name="training_state_known"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state__in=["waiting", "running"]), name="training_of_name_once"
            ),
        ]
        indexes = [models.Index(fields=["state"], name="training_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Something goes on, or is to."""
        return self.state in TO_DO

    @property
    def is_lost(self) -> bool:
        """The process that held it is silent; another takes it up."""
        return self.lease_until is not None and self.lease_until < timezone.now()


class TrainingPoint(models.Model):
    """A point of a training's curves: the loss, or the share of a few questions that came out right (`right`)."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="points")
    place = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=40)
    step = models.PositiveIntegerField()
    loss = models.FloatField(null=True)
    right = models.FloatField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["place", "step"]
        verbose_name = _("point of a training")
        verbose_name_plural = _("points of trainings")
        constraints = [models.UniqueConstraint(fields=["training", "place", "step"], name="training_point_once")]

    def __str__(self) -> str:
        return f"{self.stage} {self.step}"


class TrainingSample(models.Model):
    """A question asked at checkpoints. `said` holds `{"place", "stage", "step", "text"}`, in order; `picture` a PNG."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="samples")
    number = models.PositiveSmallIntegerField()
    instruction = models.TextField(_("instruction"))
    expected = models.TextField(_("expected"))
    picture = models.BinaryField(null=True)
    said = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        verbose_name = _("sample of a training")
        verbose_name_plural = _("samples of trainings")
        constraints = [models.UniqueConstraint(fields=["training", "number"], name="training_sample_once")]

    def __str__(self) -> str:
        return f"{self.training_id}/{self.number}"
