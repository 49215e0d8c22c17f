"""Blind judgments: evaluations, their comparisons, the leases on them and what assessors said."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.buckets.models import Bucket, Task
from apps.generation.models import Answer, Run

# Minutes. The judging page renews its lease every minute and warns two minutes before the end.
SHORTEST_LEASE, LONGEST_LEASE = 5, 1440


class EvaluationState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Verdict(models.TextChoices):
    """In terms of pipelines, after un-swapping the sides. A is the candidate, B the baseline."""

    A_MUCH = "a_much", _("A much better")
    A = "a", _("A better")
    TIE = "tie", _("Tie")
    B = "b", _("B better")
    B_MUCH = "b_much", _("B much better")
    BOTH_BAD = "both_bad", _("Both bad")


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
    guidelines = models.TextField(_("guidelines"), blank=True, default="")
    lease_minutes = models.PositiveSmallIntegerField(_("lease, minutes"), default=30)
    seed = models.BigIntegerField(_("seed"), help_text=_("Draws the sides and the order of comparisons."))
    state = models.CharField(_("state"), max_length=8, choices=EvaluationState.choices, default=EvaluationState.OPEN)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
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
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == EvaluationState.OPEN


class Criterion(models.Model):
    """One question beside the verdict: which answer is better in this respect? Data, copied from a criteria set."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    required = models.BooleanField(_("required"), default=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [models.UniqueConstraint(fields=["evaluation", "key"], name="criterion_key_once")]

    def __str__(self) -> str:
        return self.key


class Comparison(models.Model):
    """One task's pair of answers inside an evaluation."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="comparisons")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    answer_a = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    answer_b = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "task"], name="comparison_once"),
            models.CheckConstraint(condition=~Q(answer_a=F("answer_b")), name="comparison_two_answers"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class AssignmentState(models.TextChoices):
    FREE = "free", _("Free")
    LEASED = "leased", _("Leased")
    DONE = "done", _("Done")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def not_met_by(self, assessor: User) -> "AssignmentQuerySet":
        """Places of comparisons that the person neither holds, nor judged, nor skipped."""
        met = Assignment.objects.filter(comparison=OuterRef("comparison"), assessor=assessor).values("pk")[:1]
        skipped = Skip.objects.filter(comparison=OuterRef("comparison"), assessor=assessor).values("pk")[:1]
        # Scalar subqueries, which PostgreSQL looks up for each candidate, never a join over all that the person met.
        return self.alias(met=Subquery(met), skipped=Subquery(skipped)).filter(met=None, skipped=None)


class Assignment(models.Model):
    """One of a comparison's `overlap` places: free, leased to an assessor, or done; its sides are drawn beforehand.

    A place is leased many times at most once at a time; `lease` counts the leases and is the fencing token that a
    submit carries, so a late submit is told apart from a valid one. All places exist from the opening on, therefore no
    comparison can get more than `overlap` judgments. An assessor holds at most two: the one shown and, so that its
    pictures can be loaded meanwhile, the next one (`shown_at` is empty until it is shown).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="assignments")
    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="assignments")
    replica = models.PositiveSmallIntegerField()
    order_key = models.BigIntegerField(help_text=_("Replica first, then a seeded shuffle: breadth before depth."))
    a_on_left = models.BooleanField()
    state = models.CharField(max_length=8, choices=AssignmentState.choices, default=AssignmentState.FREE)
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
            models.Index(fields=["evaluation", "state"], name="assignment_progress"),
            models.Index(fields=["evaluation", "lease_until"], name="assignment_leased", condition=Q(state="leased")),
            models.Index(fields=["assessor", "evaluation", "state"], include=["a_on_left"], name="assignment_assessor"),
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
