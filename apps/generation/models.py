"""Paired answers: a run is one pipeline revision over one bucket; each answer row is the truth about its own work."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.buckets.models import Bucket, Image, Task
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
    use_cache = models.BooleanField(_("may use kept results"), default=True)
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
    `failures` counts the attempts that went wrong; a row with any is claimed in smaller company, see `batch_limit`.
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
    words = models.GeneratedField(
        expression=models.Func(models.F("text"), models.Value(r"\S+"), function="regexp_count"),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )
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
            # a report: how long the answers of a run are
            models.Index(fields=["run"], include=["task", "words"], name="answer_words"),
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


class WorkerState(models.TextChoices):
    IDLE = "idle", _("Waiting for work")
    LOADING = "loading", _("Preparing a pipeline")
    ANSWERING = "answering", _("Answering")


class Worker(models.Model):
    """A process that answers, as it last described itself. Nothing depends on it but pages and figures."""

    name = models.CharField(_("worker"), max_length=120, unique=True, help_text="host:process, as in Answer.worker")
    host = models.CharField(_("machine"), max_length=120)
    pid = models.PositiveIntegerField(_("process"))
    queues = models.CharField(_("queues"), max_length=200, blank=True, default="")
    devices = models.CharField(_("GPUs"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=WorkerState.choices, default=WorkerState.IDLE)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(_("model in memory"), max_length=300, blank=True, default="")
    memory_mb = models.PositiveIntegerField(_("memory, MB"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("last seen"))
    swept_at = models.DateTimeField(null=True, blank=True, help_text="When it last took back expired leases.")

    class Meta:
        ordering = ["host", "pid"]
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=WorkerState.values), name="worker_state_known")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def listens_to(self) -> list[str]:
        return [name for name in self.queues.split(",") if name]


class CachedResult(models.Model):
    """What a model answered; `sha256` is over all that decides the text, see `inference.cache`. Never a failure.

    Rows are never changed. Any of them may be deleted: what they would have saved is generated again.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    result = models.JSONField()
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("kept result")
        verbose_name_plural = _("kept results")
        indexes = [models.Index(fields=["created_at"], name="cached_result_age")]

    def __str__(self) -> str:
        return self.sha256[:12]


class TrialQuerySet(models.QuerySet["Trial"]):
    def visible_to(self, user: "User") -> "TrialQuerySet":
        """One's own, but for tasks of buckets that one may not see any more; all for an admin."""
        if user.is_admin:
            return self.all()
        shown = models.Q(task=None) | models.Q(task__bucket__in=Bucket.objects.visible_to(user))
        return self.filter(shown, created_by=user)


class Trial(models.Model):
    """One task asked of one revision in the playground. The row is the truth about its work, as an answer's is.

    Trials started together have the same `together`. `attempt` fences writes. There is a task, or what was typed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    together = models.UUIDField(db_index=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    revision = models.ForeignKey(
        PipelineRevision, verbose_name=_("pipeline revision"), on_delete=models.CASCADE, related_name="trials"
    )
    task = models.ForeignKey(
        Task, verbose_name=_("task"), null=True, blank=True, on_delete=models.CASCADE, related_name="trials"
    )
    instruction = models.TextField(_("instruction"))
    language = models.CharField(_("language"), max_length=16)
    pictures: "models.ManyToManyField[Image, TrialPicture]" = models.ManyToManyField(
        Image, verbose_name=_("pictures"), through="TrialPicture", related_name="trials"
    )
    queue = models.CharField(
        max_length=20, help_text=_("gpu or cpu: which workers may serve it besides those on live.")
    )
    state = models.CharField(_("state"), max_length=10, choices=AnswerState.choices, default=AnswerState.WAITING)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField(_("text"), null=True, blank=True)
    trace = models.JSONField(_("trace"), default=list, blank=True)
    error_kind = models.CharField(_("cause"), max_length=40, blank=True, default="", choices=FailureKind.choices)
    error = models.TextField(_("error"), blank=True, default="")
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=AnswerState.values), name="trial_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=AnswerState.RUNNING) | models.Q(lease_until__isnull=False),
                name="trial_running_has_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="trial_open", condition=models.Q(state__in=["waiting", "running"])),
            models.Index(fields=["created_by", "-created_at"], name="trial_by_maker"),
        ]

    def __str__(self) -> str:
        return f"{self.revision} / {self.public_id}"

    @property
    def is_settled(self) -> bool:
        return self.state not in (AnswerState.WAITING, AnswerState.RUNNING)


class TrialPicture(models.Model):
    """A picture's place in a trial of what was typed."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="places")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["trial", "position"], name="trial_picture_position_once")]

    def __str__(self) -> str:
        return f"{self.trial_id}:{self.position}"
