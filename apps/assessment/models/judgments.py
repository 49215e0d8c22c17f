"""What assessors said; append-only."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.assessment.models.evaluations import Criterion
from apps.assessment.models.work import Assignment


class Verdict(models.TextChoices):
    """In terms of pipelines, after un-swapping the sides. A is the candidate, B the baseline."""

    A_MUCH = "a_much", _("A much better")
    A = "a", _("A better")
    TIE = "tie", _("Tie")
    B = "b", _("B better")
    B_MUCH = "b_much", _("B much better")
    BOTH_BAD = "both_bad", _("Both bad")


class JudgmentQuerySet(models.QuerySet["Judgment"]):
    def current(self) -> "JudgmentQuerySet":
        """Without those that a correction superseded."""
        return self.filter(superseded_by__isnull=True)


class Judgment(models.Model):
    """What the assessor said; append-only. A change of mind is a new row that supersedes the old one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="judgments")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="judgments")
    submission_id = models.UUIDField(unique=True, help_text=_("Chosen by the browser: a repeated submit is the same."))
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    a_on_left = models.BooleanField()
    comment = models.TextField(_("comment"), blank=True, default="")
    seconds = models.FloatField(_("seconds from being shown to submit"))
    judged_at = models.DateTimeField(_("judged"))

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        ordering = ["judged_at"]
        verbose_name = _("judgment")
        verbose_name_plural = _("judgments")
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="judgment_verdict_known"),
            models.UniqueConstraint(
                fields=["assignment"], name="judgment_first_once", condition=Q(supersedes__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["assessor", "judged_at"], name="judgment_assessor")]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.assessor_id}"

    @property
    def is_current(self) -> bool:
        return not hasattr(self, "superseded_by")


class Rating(models.Model):
    """A judgment's answer to one criterion: 1 when A is better, 0 when they are the same, -1 when B is better."""

    judgment = models.ForeignKey(Judgment, on_delete=models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="ratings")
    preference = models.SmallIntegerField()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["judgment", "criterion"], name="rating_once"),
            models.CheckConstraint(condition=Q(preference__in=[-1, 0, 1]), name="rating_preference_known"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.preference:+d}"
