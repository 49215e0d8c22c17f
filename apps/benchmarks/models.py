"""Known answers in place of assessors: a benchmark is a bucket with references and a protocol that marks answers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.buckets.models import Bucket, Task
from apps.generation.models import Answer, Run

if TYPE_CHECKING:
    from apps.accounts.models import User


class BenchmarkQuerySet(models.QuerySet["Benchmark"]):
    def visible_to(self, user: User) -> BenchmarkQuerySet:
        """Whoever may see the bucket may see what is measured on it."""
        return self.filter(bucket__in=Bucket.objects.visible_to(user))


class Source(models.Model):
    """Where a bucket's questions come from, and what may be done with them. `entry` is a name in the catalogue."""

    bucket = models.OneToOneField(Bucket, on_delete=models.CASCADE, related_name="benchmark_source")
    entry = models.CharField(_("catalogue entry"), max_length=80, blank=True, default="")
    licence = models.TextField(_("licence"))
    origin = models.TextField(_("source"))
    revision = models.CharField(_("revision"), max_length=200, blank=True, default="")
    sha256 = models.CharField(_("checksum of the file"), max_length=64, blank=True, default="")
    may_be_passed_on = models.BooleanField(_("may be passed on"), default=False)

    class Meta:
        verbose_name = _("source of a bucket")
        verbose_name_plural = _("sources of buckets")

    def __str__(self) -> str:
        return self.origin


class Detail(models.Model):
    """What a protocol needs of a task beside its references: see `domain.items.Item`."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="benchmark_detail")
    choices = models.JSONField(_("choices"), default=dict, blank=True)
    group = models.CharField(_("group"), max_length=200, blank=True, default="")
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("detail of a task")
        verbose_name_plural = _("details of tasks")

    def __str__(self) -> str:
        return str(self.task_id)


class Benchmark(models.Model):
    """`protocol` is a name with its version, e.g. `vqa_v2_official@1`; the bucket is frozen. With a `limit`, it holds
    only the first tasks of a larger one: its runs are never ranked.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    bucket = models.ForeignKey(Bucket, verbose_name=_("bucket"), on_delete=models.PROTECT, related_name="benchmarks")
    protocol = models.CharField(_("protocol"), max_length=80)
    limit = models.PositiveIntegerField(_("first tasks only"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = BenchmarkQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("benchmark")
        verbose_name_plural = _("benchmarks")
        constraints = [
            models.UniqueConstraint(
                fields=["bucket", "protocol"],
                name="benchmark_once",
                violation_error_message=_("This bucket is already measured by this protocol."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class BenchmarkRun(models.Model):
    """An ordinary run over the benchmark's bucket, marked. Scored again, it keeps its row and gets new scores."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    benchmark = models.ForeignKey(
        Benchmark, verbose_name=_("benchmark"), on_delete=models.PROTECT, related_name="benchmark_runs"
    )
    run = models.ForeignKey(Run, verbose_name=_("run"), on_delete=models.PROTECT, related_name="benchmark_runs")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scored_at = models.DateTimeField(_("scored"), null=True, blank=True, help_text=_("Empty while it waits."))
    metrics = models.JSONField(_("metrics"), default=dict, blank=True, help_text=_("As `manage.py score` prints them."))
    groups = models.JSONField(_("metrics by group"), default=dict, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("benchmark run")
        verbose_name_plural = _("benchmark runs")
        constraints = [models.UniqueConstraint(fields=["benchmark", "run"], name="benchmark_run_once")]

    def __str__(self) -> str:
        return f"{self.benchmark} / {self.run.revision}"


class ScoreOutcome(models.TextChoices):
    SCORED = "scored", pgettext_lazy("outcome of scoring", "Scored")
    UNPARSED = "unparsed", pgettext_lazy("outcome of scoring", "Not understood")
    FAILED = "failed", pgettext_lazy("outcome of scoring", "No answer")


class Score(models.Model):
    """What one answer got. `parsed` is what the protocol read in it, JSON where that is no text; the outcome is as it
    was when scored. `value` is the protocol's headline score on 0..1, `scores` has all as the protocol gives them.
    """

    benchmark_run = models.ForeignKey(BenchmarkRun, on_delete=models.CASCADE, related_name="scores")
    answer = models.ForeignKey(Answer, verbose_name=_("answer"), on_delete=models.PROTECT, related_name="scores")
    outcome = models.CharField(_("outcome"), max_length=8, choices=ScoreOutcome.choices)
    parsed = models.TextField(_("read as"), null=True, blank=True)
    value = models.FloatField(_("value"))
    scores = models.JSONField(_("scores"), default=dict, blank=True)

    class Meta:
        ordering = ["answer__task__position"]
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["benchmark_run", "answer"], name="score_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=ScoreOutcome.values), name="score_outcome_known"),
            models.CheckConstraint(
                condition=~models.Q(outcome=ScoreOutcome.FAILED) | models.Q(value=0), name="score_zero_when_failed"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0, value__lte=1), name="score_within_0_1"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.value:g}"
