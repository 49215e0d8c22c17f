"""Paired answers: a run is one pipeline revision over one bucket; each answer row is the truth about its own work."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.buckets.models import Bucket, Task
from apps.pipelines.models import PipelineRevision

if TYPE_CHECKING:
    from apps.accounts.models import User


class RunState(models.TextChoices):
    ACTIVE = "active", _("Active")
    CANCELLED = "cancelled", _("Cancelled")


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: "User") -> "RunQuerySet":
        """Who may see a bucket may see its runs."""
        return self.filter(bucket__in=Bucket.objects.visible_to(user))


class Run(models.Model):
    """One revision over one bucket; owns its answers. Whether it is complete is counted, never stored."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bucket = models.ForeignKey(Bucket, verbose_name=_("bucket"), on_delete=models.PROTECT, related_name="runs")
    revision = models.ForeignKey(
        PipelineRevision, verbose_name=_("pipeline revision"), on_delete=models.PROTECT, related_name="runs"
    )
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.ACTIVE)
    seed = models.BigIntegerField(_("seed"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    problem = models.TextField(
        _("problem"), blank=True, default="", help_text=_("Why no worker can load the model; cleared when one can.")
    )
    problem_at = models.DateTimeField(_("problem since"), null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        constraints = [models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known")]

    def __str__(self) -> str:
        return f"{self.revision} / {self.bucket}"

    @property
    def is_active(self) -> bool:
        return self.state == RunState.ACTIVE


class AnswerState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class FailureKind(models.TextChoices):
    """Why there is no text: `inference.contracts.ErrorKind` and what only a queue can see."""

    INPUT = "input", _("The task can’t be answered as it is")
    MODEL = "model", _("The model failed")
    OUT_OF_MEMORY = "out_of_memory", _("Out of memory")
    TRANSIENT = "transient", _("A passing trouble that did not pass")
    TIMEOUT = "timeout", _("Took too long")
    BUG = "bug", _("An error in the program")
    WORKER_LOST = "worker_lost", _("The worker was lost")


class Answer(models.Model):
    """What a run said to a task, with its trace: every step's input, output, time and model revision.

    `attempt` counts claims and is the fencing token: a write that carries an older attempt matches no row.
    `failures` counts the attempts that went wrong; a row with any is claimed alone, so it can't take others with it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(Run, verbose_name=_("run"), on_delete=models.CASCADE, related_name="answers")
    task = models.ForeignKey(Task, verbose_name=_("task"), on_delete=models.PROTECT, related_name="answers")
    state = models.CharField(_("state"), max_length=10, choices=AnswerState.choices, default=AnswerState.WAITING)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    failures = models.PositiveSmallIntegerField(_("failed attempts"), default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField(_("text"), null=True, blank=True)
    trace = models.JSONField(_("trace"), default=list, blank=True)
    error_kind = models.CharField(_("cause"), max_length=40, blank=True, default="", choices=FailureKind.choices)
    error = models.TextField(_("error"), blank=True, default="")
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    finish_reason = models.CharField(_("why the model stopped"), max_length=40, blank=True, default="")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["task__position"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["run", "task"], name="answer_once"),
            models.CheckConstraint(condition=models.Q(state__in=AnswerState.values), name="answer_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=AnswerState.DONE) | models.Q(text__isnull=False), name="answer_done_has_text"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=AnswerState.RUNNING) | models.Q(lease_until__isnull=False),
                name="answer_running_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "state"], name="answer_run_state"),
            # the claim: waiting rows of one run, in order
            models.Index(fields=["run", "failures", "id"], name="answer_waiting", condition=models.Q(state="waiting")),
            # the rate: what was finished lately
            models.Index(fields=["run", "finished_at"], name="answer_finished"),
            # the sweep: leases that ran out
            models.Index(fields=["lease_until"], name="answer_lease", condition=models.Q(state="running")),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.task_id}"

    @property
    def is_empty(self) -> bool:
        """The model was asked and said nothing: an answer, not an error."""
        return self.state == AnswerState.DONE and not (self.text or "").strip()

    @property
    def is_cut_off(self) -> bool:
        return self.state == AnswerState.DONE and self.finish_reason == "length"
