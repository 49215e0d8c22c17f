"""What is compared: evaluations, their criteria and their pairs of answers."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.buckets.models import Bucket, Task
from apps.generation.models import Answer, AnswerState, Run

# Minutes. The judging page renews its lease every minute and warns two minutes before the end.
SHORTEST_LEASE, LONGEST_LEASE = 5, 1440


# Longer than any transaction that writes an answer: what it finished before we looked may be seen only after.
LATE = timedelta(minutes=10)


class EvaluationState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class CriteriaOrder(models.TextChoices):
    """As `domain.criteria.ORDERS`."""

    FIXED = "fixed", _("The same for everyone")
    ASSESSOR = "assessor", _("Drawn for each assessor")
    COMPARISON = "comparison", _("Drawn for each comparison")


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: User) -> "EvaluationQuerySet":
        """What a researcher may see is decided by the bucket's membership; admins see all, assessors nothing."""
        if user.is_admin:
            return self
        if not user.is_researcher:
            return self.none()
        return self.filter(pk__in=self.model.objects.filter(bucket__members=user).values("pk"))

    def open_to(self, assessor: User) -> "EvaluationQuerySet":
        """Those the person may judge in, open or closed."""
        return self.filter(pk__in=Evaluation.assessors.through.objects.filter(user=assessor).values("evaluation_id"))

    def with_news(self) -> "EvaluationQuerySet":
        """Those where an answer came since all ready pairs were taken in; an index probe each."""
        since = ExpressionWrapper(OuterRef("looked_at") - LATE, output_field=DateTimeField())
        lately = Answer.objects.filter(state=AnswerState.DONE, finished_at__gte=since)
        from_a, from_b = (lately.filter(run=OuterRef(name)) for name in ("run_a", "run_b"))
        return self.filter(Q(looked_at=None) | Exists(from_a) | Exists(from_b))


class Evaluation(models.Model):
    """A side-by-side of two runs over the same bucket."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    shown_name = models.CharField(
        max_length=120,
        blank=True,
        default="",
        editable=False,
        help_text=_("What assessors see; empty when the name would tell the pipelines apart."),
    )
    bucket = models.ForeignKey(Bucket, verbose_name=_("bucket"), on_delete=models.PROTECT, related_name="evaluations")
    run_a = models.ForeignKey(Run, verbose_name=_("candidate (A)"), on_delete=models.PROTECT, related_name="+")
    run_b = models.ForeignKey(Run, verbose_name=_("baseline (B)"), on_delete=models.PROTECT, related_name="+")
    overlap = models.PositiveSmallIntegerField(_("judgments per comparison"), default=2)
    most_overlap = models.PositiveSmallIntegerField(
        _("judgments while unsure, up to"),
        null=True,
        blank=True,
        help_text=_("Empty: never more than the judgments per comparison."),
    )
    gold_percent = models.PositiveSmallIntegerField(_("gold comparisons, %"), default=0)
    control_percent = models.PositiveSmallIntegerField(_("same answer twice, %"), default=0)
    retest_percent = models.PositiveSmallIntegerField(_("shown again with sides swapped, %"), default=0)
    daily_cap = models.PositiveSmallIntegerField(_("comparisons a day for one assessor"), null=True, blank=True)
    training_size = models.PositiveSmallIntegerField(_("training comparisons"), default=0)
    exam_size = models.PositiveSmallIntegerField(_("exam comparisons"), default=0)
    pass_percent = models.PositiveSmallIntegerField(_("pass mark, %"), default=80)
    qualification = models.CharField(
        _("qualification"),
        max_length=60,
        blank=True,
        default="",
        help_text=_("Whoever passed the exam of another evaluation with this name need not pass one here."),
    )
    shows_gold = models.BooleanField(_("assessors see how well they do on gold"), default=False)
    criteria_order = models.CharField(
        _("order of the criteria"), max_length=10, choices=CriteriaOrder.choices, default=CriteriaOrder.FIXED
    )
    guidelines = models.TextField(_("guidelines"), blank=True, default="")
    lease_minutes = models.PositiveSmallIntegerField(_("lease, minutes"), default=30)
    seed = models.BigIntegerField(_("seed"), help_text=_("Draws the sides and the order of comparisons."))
    state = models.CharField(_("state"), max_length=8, choices=EvaluationState.choices, default=EvaluationState.OPEN)
    imported_from = models.CharField(
        _("imported from"),
        max_length=20,
        blank=True,
        default="",
        editable=False,
        help_text=_("The form of the file that its judgments came in; empty for those made here."),
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    looked_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text=_("When all pairs that were ready had been taken in; on the database’s clock."),
    )
    assessors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("assessors"), related_name="evaluations"
    )

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [
            models.CheckConstraint(condition=~Q(run_a=F("run_b")), name="evaluation_two_runs"),
            models.CheckConstraint(condition=Q(overlap__gte=1, overlap__lte=20), name="evaluation_overlap_1_20"),
            models.CheckConstraint(
                condition=Q(lease_minutes__gte=SHORTEST_LEASE, lease_minutes__lte=LONGEST_LEASE),
                name="evaluation_lease_5_1440",
            ),
            models.CheckConstraint(condition=Q(state__in=EvaluationState.values), name="evaluation_state_known"),
            models.CheckConstraint(
                condition=Q(most_overlap=None) | Q(most_overlap__gt=F("overlap"), most_overlap__lte=20),
                name="evaluation_most_overlap",
            ),
            models.CheckConstraint(
                condition=Q(gold_percent__lte=50 - F("control_percent") - F("retest_percent")),
                name="evaluation_checks_half_at_most",
            ),
            models.CheckConstraint(condition=Q(pass_percent__lte=100), name="evaluation_pass_percent"),
            models.CheckConstraint(
                condition=Q(imported_from="") | Q(state=EvaluationState.CLOSED), name="evaluation_imported_stays_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == EvaluationState.OPEN

    @property
    def uses_checks(self) -> bool:
        return bool(self.gold_percent or self.control_percent or self.training_size or self.exam_size)


class ComparisonState(models.TextChoices):
    """Only what is released has places, so nothing else is ever handed out."""

    HELD = "held", _("Waits for a decision")
    RELEASED = "released", _("Released")
    EXCLUDED = "excluded", _("Excluded")


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def compared(self) -> "ComparisonQuerySet":
        """Without the checks of assessors: what the evaluation is about."""
        return self.filter(is_check=False)


class Comparison(models.Model):
    """One task's pair of answers inside an evaluation; made when both are there, scanned for leaks at once.

    Triggers hold `state`: a place is made only for a released comparison, and one with places stays released.
    A check (gold, control, re-test) is one made for a single assessor, see `Check`; it counts nowhere but there.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="comparisons")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    answer_a = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    answer_b = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=ComparisonState.choices, default=ComparisonState.HELD)
    scanned_with = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text=_("Version of the list of names; empty before there was a leak guard.")
    )

    is_check = models.BooleanField(default=False, editable=False)

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "task"], name="comparison_once", condition=Q(is_check=False)),
            models.CheckConstraint(
                condition=~Q(answer_a=F("answer_b")) | Q(is_check=True), name="comparison_two_answers"
            ),
            models.CheckConstraint(condition=Q(state__in=ComparisonState.values), name="comparison_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
