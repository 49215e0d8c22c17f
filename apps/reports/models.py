"""Frozen reports: numbers, the code that made them and their hash."""

import uuid
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.assessment.models import Evaluation
from apps.reports.domain.frozen import digest, from_json
from apps.reports.domain.numbers import Numbers


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> "ReportQuerySet":
        """As the evaluation is: members of its bucket and admins; assessors see no report."""
        return self.filter(evaluation__in=Evaluation.objects.visible_to(user))

    def without_numbers(self) -> "ReportQuerySet":
        """For lists: everything but the numbers."""
        return self.select_related("evaluation__bucket", "created_by").defer("numbers")

    def numbered(self) -> "ReportQuerySet":
        """With each report's `number` read at once. Before any filter that takes some reports of an evaluation out."""
        place = models.Window(RowNumber(), partition_by="evaluation", order_by="pk")
        return self.annotate(counted=place)


class Report(models.Model):
    """A snapshot of numbers. `sha256` is over the canonical JSON of `numbers`; a trigger refuses UPDATE and DELETE."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(
        Evaluation, verbose_name=_("evaluation"), on_delete=models.PROTECT, related_name="reports"
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

    def __str__(self) -> str:
        return f"{self.evaluation.name} {self.created_at:%Y-%m-%d %H:%M}"

    @cached_property
    def content(self) -> Numbers:
        return from_json(self.numbers)

    @cached_property
    def number(self) -> int:
        """Which report of its evaluation this is, from 1: how often someone has looked. None is ever deleted."""
        if self.pk is None:
            return 1
        return (
            vars(self).get("counted") or Report.objects.filter(evaluation=self.evaluation_id, pk__lte=self.pk).count()
        )

    @property
    def is_intact(self) -> bool:
        """Whether the numbers are still those that were hashed."""
        return digest(self.numbers) == self.sha256
