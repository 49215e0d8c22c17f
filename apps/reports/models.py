"""Frozen reports: numbers, the code that made them and their hash.

What computes is imported where it is used: it takes scipy along, 0.6 s for every command and worker process.
"""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.assessment.models import Evaluation
from apps.buckets.models import Bucket

if TYPE_CHECKING:
    from apps.reports.domain.longform import Line
    from apps.reports.domain.numbers import Numbers
    from apps.reports.domain.ranking import Ranking
    from apps.reports.domain.watching import Plan, RuleKind


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> ReportQuerySet:
        """As the evaluation or the ranked bucket is: members of the bucket and admins; assessors see no report."""
        evaluations, buckets = Evaluation.objects.visible_to(user), Bucket.objects.visible_to(user)
        return self.filter(models.Q(evaluation__in=evaluations) | models.Q(bucket__in=buckets))

    def without_numbers(self) -> ReportQuerySet:
        """For lists: everything but the numbers."""
        return self.with_names().defer("numbers")

    def with_names(self) -> ReportQuerySet:
        """What each is of, and whose it is, read along."""
        return self.select_related("evaluation__bucket", "bucket", "created_by")

    def numbered(self) -> ReportQuerySet:
        """With each report's `number` read at once. Before any filter that takes some reports of one thing out."""
        place = models.Window(RowNumber(), partition_by=["evaluation", "bucket"], order_by="pk")
        return self.annotate(counted=place)


class Report(models.Model):
    """A snapshot of numbers: of an evaluation, or of a bucket, and then it is a ranking of its pipelines. `sha256` is
    over the canonical JSON of `numbers`; a trigger refuses UPDATE and DELETE."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(
        Evaluation,
        verbose_name=_("evaluation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports",
    )
    bucket = models.ForeignKey(
        Bucket, verbose_name=_("bucket"), null=True, blank=True, on_delete=models.PROTECT, related_name="rankings"
    )
    numbers = models.JSONField()
    sha256 = models.CharField(max_length=64)
    code_version = models.CharField(_("code version"), max_length=60)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bucket__isnull=True) ^ models.Q(evaluation__isnull=True), name="report_of_one_thing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def name(self) -> str:
        """Of the evaluation or of the bucket."""
        of = self.evaluation or self.bucket
        return of.name if of else ""

    @cached_property
    def content(self) -> Numbers:
        """Of an evaluation's report. Raises pydantic's ValidationError for a ranking."""
        from apps.reports.domain.frozen import from_json

        return from_json(self.numbers)

    @cached_property
    def ranking(self) -> Ranking | None:
        """None for an evaluation's report."""
        from apps.reports.domain.frozen import is_ranking, ranking_from_json

        return ranking_from_json(self.numbers) if is_ranking(self.numbers) else None

    @property
    def lines(self) -> list[Line]:
        """Everything it states as one long table."""
        from apps.reports.domain.longdepth import all_lines
        from apps.reports.domain.longranking import ranking_lines

        return ranking_lines(self.ranking, self.number) if self.ranking else all_lines(self.content, self.number)

    @property
    def is_interim(self) -> bool:
        return self.ranking.is_interim if self.ranking else self.content.is_interim

    @cached_property
    def number(self) -> int:
        """Which report of its evaluation, or ranking of its bucket, this is, from 1: how often someone has looked.
        None is ever deleted."""
        if self.pk is None:
            return 1
        same = Report.objects.filter(evaluation=self.evaluation_id, bucket=self.bucket_id, pk__lte=self.pk)
        return vars(self).get("counted") or same.count()

    @property
    def is_intact(self) -> bool:
        """Whether the numbers are still those that were hashed."""
        from apps.reports.domain.frozen import digest

        return digest(self.numbers) == self.sha256


class StoppingRule(models.TextChoices):
    """As `domain.watching.RuleKind`."""

    LAN_DEMETS = "lan_demets", _("Ten looks (O’Brien and Fleming)")
    SEQUENCE = "sequence", _("At any time (confidence sequence)")


class StoppingPlan(models.Model):
    """How much difference matters and when an evaluation may stop; the latest holds. A trigger refuses changes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(
        Evaluation, verbose_name=_("evaluation"), on_delete=models.PROTECT, related_name="stopping_plans"
    )
    difference = models.FloatField(_("smallest difference that matters"))
    alpha = models.FloatField(_("chance of a false finding"), default=0.05)
    power = models.FloatField(_("power"), default=0.8)
    kind = models.CharField(_("rule"), max_length=10, choices=StoppingRule.choices, default=StoppingRule.LAN_DEMETS)
    looks = models.PositiveSmallIntegerField(_("looks"), default=10)
    planned = models.PositiveIntegerField(_("planned judgments"))
    assessors = models.PositiveSmallIntegerField(_("assessors"))
    tie_share = models.FloatField(_("share of ties"), default=0.2)
    between_tasks = models.FloatField(_("share of variance between tasks"), default=0.3)
    between_assessors = models.FloatField(_("share of variance between assessors"), default=0.04)
    judgments_then = models.PositiveIntegerField(_("judgments when it was set"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("set"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(difference__gt=0, difference__lte=0.5), name="plan_difference_0_half"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=StoppingRule.values), name="plan_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} {self.difference:g}"

    @property
    def plan(self) -> Plan:
        from apps.reports.domain.watching import Plan
        from apps.statistics.power import Design

        design = Design(
            overlap=self.evaluation.overlap,
            assessors=self.assessors,
            tie_share=self.tie_share,
            between_tasks=self.between_tasks,
            between_assessors=self.between_assessors,
            alpha=self.alpha,
            power=self.power,
        )
        kind: RuleKind = "sequence" if self.kind == StoppingRule.SEQUENCE else "lan_demets"
        return Plan(self.difference, design, kind, self.looks, self.planned)


class TrafficMix(models.Model):
    """How much each cluster counts in use; the latest holds, and none when its `weights` are empty. A trigger refuses
    changes."""

    evaluation = models.ForeignKey(
        Evaluation, verbose_name=_("evaluation"), on_delete=models.PROTECT, related_name="traffic_mixes"
    )
    weights = models.JSONField(_("weights"), default=dict, blank=True, help_text=_("By cluster; shares that sum to 1."))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("set"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("traffic weights")
        verbose_name_plural = _("traffic weights")

    def __str__(self) -> str:
        return f"{self.evaluation} {self.created_at:%Y-%m-%d}"


class ReportLink(models.Model):
    """Whoever has the link reads this report, and nothing else, until it expires or its maker's access to the report
    ends. Only its token's hash is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    report = models.ForeignKey(Report, verbose_name=_("report"), on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("link to a report")
        verbose_name_plural = _("links to reports")

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def still_opens(self) -> bool:
        """Whether who made it may still see the report: one can't hand on what one has lost."""
        maker = self.created_by
        return maker.is_active and Report.objects.visible_to(maker).filter(pk=self.report_id).exists()


class ReportComment(models.Model):
    """What somebody says of a report; a trigger refuses UPDATE and DELETE."""

    report = models.ForeignKey(Report, verbose_name=_("report"), on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(_("comment"), max_length=5000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("comment on a report")
        verbose_name_plural = _("comments on reports")

    def __str__(self) -> str:
        return self.text[:60]
