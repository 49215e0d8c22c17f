"""What assessors said; append-only."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.attention import PARTS
from apps.assessment.models.evaluations import Evaluation
from apps.assessment.models.records import RECORD
from apps.assessment.models.work import Assignment, AssignmentState
from apps.buckets.models import Task


class Verdict(models.TextChoices):
    """In terms of pipelines, after un-swapping the sides. A is the candidate, B the baseline."""

    A_MUCH = "a_much", _("A much better")
    A = "a", _("A better")
    TIE = "tie", _("Tie")
    B = "b", _("B better")
    B_MUCH = "b_much", _("B much better")
    BOTH_BAD = "both_bad", _("Both bad")


class Contradiction(models.TextChoices):
    """Whether the page asked if the verdict is meant; empty where there was nothing to ask."""

    KEPT = "kept", _("Asked, and kept")
    UNASKED = "unasked", _("Not asked")


class JudgmentQuerySet(models.QuerySet["Judgment"]):
    def current(self) -> "JudgmentQuerySet":
        """Without those that a correction superseded."""
        # As EXISTS: PostgreSQL takes a join that finds nothing for one that leaves hardly a row.
        return self.filter(~Exists(Judgment.objects.filter(supersedes=OuterRef("pk"))))

    def compared(self) -> "JudgmentQuerySet":
        """The current ones about the evaluation's comparisons: no checks of assessors, nothing withdrawn."""
        return self.current().filter(assignment__is_check=False, assignment__state=AssignmentState.DONE)

    def counted(self) -> "JudgmentQuerySet":
        """What rates are made of: `compared` without those asked for because the first ones left doubt."""
        return self.compared().filter(assignment__is_extra=False)

    def counted_in(self, evaluation: Evaluation) -> "JudgmentQuerySet":
        """As `counted` of one evaluation, for reading a million: no joins, since what can't change is in the row."""
        superseded = self.model.objects.filter(evaluation=evaluation, supersedes__isnull=False).values("supersedes")
        withdrawn = Assignment.objects.filter(evaluation=evaluation, state=AssignmentState.WITHDRAWN)
        mine = self.filter(evaluation=evaluation, is_aside=False)
        return mine.exclude(pk__in=superseded).exclude(assignment__in=withdrawn.values("pk"))


class Judgment(models.Model):
    """What the assessor said; append-only. A change of mind is a new row that supersedes the old one.

    For reports the row repeats what is said elsewhere and never changes: `evaluation`, `task` and `is_aside` (a check,
    or an extra place) are set by the database from the place; `packed` are the ratings (`domain.packing`), and the
    database refuses ratings that say otherwise; `record` it makes of these and the verdict.
    """

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
    flagged = models.BooleanField(_("flagged"), default=False, help_text=_("The researcher should look at it."))
    seconds = models.FloatField(_("seconds from being shown to submit"))
    active_seconds = models.FloatField(
        _("seconds of work, without idling"), null=True, help_text=_("Empty when the browser did not say.")
    )
    seen = models.CharField(
        max_length=60, null=True, editable=False, help_text=_("Parts seen to their end; empty when unknown.")
    )
    judged_at = models.DateTimeField(_("judged"))
    contradiction = models.CharField(
        max_length=8,
        choices=Contradiction.choices,
        blank=True,
        default="",
        editable=False,
        help_text=_("The verdict is for one answer, all else for the other."),
    )
    criteria_shown = models.JSONField(default=list, editable=False, help_text=_("Keys of the criteria, in order."))
    evaluation = models.ForeignKey(
        Evaluation, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    task = models.ForeignKey(
        Task, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    is_aside = models.BooleanField(db_default=False, editable=False)
    packed = models.BinaryField(default=b"", editable=False)
    record = models.GeneratedField(expression=RECORD, output_field=models.BinaryField(), db_persist=True)

    objects = JudgmentQuerySet.as_manager()

    class Meta:
        ordering = ["judged_at"]
        verbose_name = _("judgment")
        verbose_name_plural = _("judgments")
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="judgment_verdict_known"),
            models.CheckConstraint(
                condition=Q(contradiction__in=["", *Contradiction.values]), name="judgment_contradiction_known"
            ),
            models.UniqueConstraint(
                fields=["assignment"], name="judgment_first_once", condition=Q(supersedes__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["assessor", "judged_at"], name="judgment_assessor"),
            models.Index(fields=["evaluation"], name="judgment_evaluation"),
            models.Index(
                fields=["evaluation", "supersedes"], name="judgment_correction", condition=Q(supersedes__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.assessor_id}"

    @property
    def ended_at(self) -> datetime:
        """When the assessor was done with the comparison; the judgment may have come later."""
        shown_at = self.assignment.shown_at
        return shown_at + timedelta(seconds=self.seconds) if shown_at else self.judged_at

    @property
    def is_unseen(self) -> bool:
        """Judged before both answers were scrolled to their end and the picture was seen."""
        return self.seen is not None and set(self.seen.split()) != PARTS

    @property
    def is_current(self) -> bool:
        return not hasattr(self, "superseded_by")
