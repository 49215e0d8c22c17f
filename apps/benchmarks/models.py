"""Known answers in place of assessors: a benchmark is a bucket with references and a protocol that marks answers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.buckets.models import Bucket
from apps.generation.models import Answer, Run

if TYPE_CHECKING:
    from apps.accounts.models import User


class BenchmarkQuerySet(models.QuerySet["Benchmark"]):
    def visible_to(self, user: User) -> BenchmarkQuerySet:
        """Whoever may see the bucket may see what is measured on it."""
        return self.filter(bucket__in=Bucket.objects.visible_to(user))


class Benchmark(models.Model):
    """`protocol` is a name with its version, e.g. `vqa_v2_official@1`; the bucket is frozen."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    bucket = models.ForeignKey(Bucket, verbose_name=_("bucket"), on_delete=models.PROTECT, related_name="benchmarks")
    protocol = models.CharField(_("protocol"), max_length=80)
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
    scored_at = models.DateTimeField(_("scored"))

    class Meta:
        ordering = ["-scored_at"]
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
    """What one answer got. `parsed` is what the protocol read in it; the outcome is as it was when scored."""

    benchmark_run = models.ForeignKey(BenchmarkRun, on_delete=models.CASCADE, related_name="scores")
    answer = models.ForeignKey(Answer, verbose_name=_("answer"), on_delete=models.PROTECT, related_name="scores")
    outcome = models.CharField(_("outcome"), max_length=8, choices=ScoreOutcome.choices)
    parsed = models.TextField(_("read as"), null=True, blank=True)
    value = models.FloatField(_("value"))

    class Meta:
        ordering = ["answer__task__position"]
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["benchmark_run", "answer"], name="score_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=ScoreOutcome.values), name="score_outcome_known"),
            models.CheckConstraint(
                condition=models.Q(outcome=ScoreOutcome.SCORED) | models.Q(value=0), name="score_zero_unless_scored"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0, value__lte=1), name="score_within_0_1"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.value:g}"
