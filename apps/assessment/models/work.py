"""The places of comparisons, the leases on them, and what assessors passed on."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.assessment.models.evaluations import Comparison, Evaluation


class AssignmentState(models.TextChoices):
    FREE = "free", _("Free")
    LEASED = "leased", _("Leased")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def compared(self) -> "AssignmentQuerySet":
        """Places that count: neither checks of an assessor nor withdrawn."""
        return self.filter(is_check=False).exclude(state=AssignmentState.WITHDRAWN)

    def not_met_by(self, assessor: User) -> "AssignmentQuerySet":
        """Places of comparisons that the person neither holds, nor judged, nor skipped."""
        met = Assignment.objects.filter(comparison=OuterRef("comparison"), assessor=assessor).values("pk")[:1]
        skipped = Skip.objects.filter(comparison=OuterRef("comparison"), assessor=assessor).values("pk")[:1]
        # Scalar subqueries, which PostgreSQL looks up for each candidate, never a join over all that the person met.
        return self.alias(met=Subquery(met), skipped=Subquery(skipped)).filter(met=None, skipped=None)


class Assignment(models.Model):
    """One of a comparison's places: free, leased to an assessor, or done; its sides are drawn beforehand.

    A place is leased many times at most once at a time; `lease` counts the leases and is the fencing token that a
    submit carries, so a late submit is told apart from a valid one. A trigger refuses more places than the evaluation
    allows, therefore no comparison can get more judgments. An assessor holds at most two: the one shown and, so that
    its pictures can be loaded meanwhile, the next one (`shown_at` is empty until it is shown).

    `is_extra`: added because the first judgments left doubt, so its judgment stays out of rates (docs/assessment.md).
    Withdrawn: never handed out again and not counted, with whatever was said; another place stands in for it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="assignments")
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="assignments")
    replica = models.PositiveSmallIntegerField()
    order_key = models.BigIntegerField(help_text=_("Replica first, then a seeded shuffle: breadth before depth."))
    a_on_left = models.BooleanField()
    language = models.CharField(max_length=16, default="", editable=False, help_text=_("The task’s."))
    is_check = models.BooleanField(default=False, editable=False)
    is_extra = models.BooleanField(default=False, editable=False)
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.FREE)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    lease = models.PositiveIntegerField(default=0)
    shown_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["comparison", "replica"], name="assignment_replica_once"),
            models.UniqueConstraint(
                fields=["comparison", "assessor"],
                name="assignment_assessor_once",
                condition=Q(assessor__isnull=False),
            ),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_known"),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.FREE, assessor__isnull=True)
                | (~Q(state=AssignmentState.FREE) & Q(assessor__isnull=False)),
                name="assignment_free_or_assigned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["evaluation", "a_on_left", "order_key"], name="assignment_free", condition=Q(state="free")
            ),
            models.Index(
                fields=["evaluation", "language", "a_on_left", "order_key"],
                name="assignment_free_language",
                condition=Q(state="free"),
            ),
            models.Index(fields=["evaluation", "state"], name="assignment_progress", condition=Q(is_check=False)),
            models.Index(fields=["evaluation", "lease_until"], name="assignment_leased", condition=Q(state="leased")),
            models.Index(
                fields=["assessor", "evaluation", "state"],
                include=["a_on_left", "is_check"],
                name="assignment_assessor",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class SkipReason(models.TextChoices):
    UNCLEAR = "unclear", _("The instruction is unclear")
    LANGUAGE = "language", _("I don’t know the language or the subject well enough")
    PICTURE = "picture", _("The picture is missing or can’t be read")
    UPSETTING = "upsetting", _("The content is upsetting")
    OTHER = "other", _("Another reason")


class Skip(models.Model):
    """A comparison an assessor passed on; its place went back and the assessor never gets this comparison again."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="skips")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="skips")
    reason = models.CharField(_("reason"), max_length=12, choices=SkipReason.choices)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    skipped_at = models.DateTimeField(_("skipped"))

    class Meta:
        verbose_name = _("skip")
        verbose_name_plural = _("skips")
        constraints = [
            models.UniqueConstraint(fields=["comparison", "assessor"], name="skip_once"),
            models.CheckConstraint(condition=Q(reason__in=SkipReason.values), name="skip_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} by {self.assessor_id}"
