"""What in an answer might unblind, and what a researcher decided about it. Both tables are append-only."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from apps.assessment.models.evaluations import Comparison, ComparisonState, Evaluation
from apps.assessment.models.work import Assignment, AssignmentState

MATCHED_LETTERS = 500


class LeakKind(models.TextChoices):
    """As `domain.leaks.KINDS`."""

    NAME = "name", _("Name of a model or its maker")
    SELF = "self", _("Speaks of itself as a model")
    OWN = "own", _("Name of this pipeline or its parts")
    PROMPT = "prompt", _("Repeats the prompt")
    TOKEN = "token", _("Mark of a tokenizer")


class LeakSide(models.TextChoices):
    A = "a", _("Candidate (A)")
    B = "b", _("Baseline (B)")


class Decision(models.TextChoices):
    MASK = "mask", _("Masked")
    EXCLUDE = "exclude", _("Comparison excluded")
    ACCEPT = "accept", _("Accepted")


class LeakHitQuerySet(models.QuerySet["LeakHit"]):
    def of(self, evaluation: Evaluation) -> "LeakHitQuerySet":
        return self.filter(comparison__evaluation=evaluation)

    def with_choice(self) -> "LeakHitQuerySet":
        """With the current `choice`, None while undecided."""
        current = LeakChoice.objects.filter(hit=OuterRef("pk")).current()
        return self.annotate(choice=Subquery(current.values("choice")[:1]))  # type: ignore[no-redef]

    def open(self) -> "LeakHitQuerySet":
        """Undecided, and a pair waits for that."""
        return self.filter(choices=None, comparison__state=ComparisonState.HELD)

    def decided(self, choice: str) -> "LeakHitQuerySet":
        """Whose current choice this is."""
        return self.filter(choices__choice=choice, choices__superseded_by=None)

    def with_work(self) -> "LeakHitQuerySet":
        """With `in_work`: an assessor holds or has judged the comparison, so its masks stay as they are."""
        begun = Assignment.objects.filter(comparison=OuterRef("comparison")).exclude(state=AssignmentState.FREE)
        return self.annotate(in_work=Exists(begun))  # type: ignore[no-redef]


class LeakHit(models.Model):
    """A place in one of the two answers: `start` to `end` in characters of the stored text."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="leak_hits")
    side = models.CharField(_("side"), max_length=1, choices=LeakSide.choices)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=8, choices=LeakKind.choices)
    matched = models.CharField(_("found"), max_length=MATCHED_LETTERS)
    choice: str | None  # by `with_choice`
    in_work: bool  # by `with_work`

    objects = LeakHitQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible leak")
        verbose_name_plural = _("possible leaks")
        constraints = [
            models.UniqueConstraint(fields=["comparison", "side", "start"], name="leak_hit_once"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="leak_hit_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=LeakKind.values), name="leak_hit_kind_known"),
            models.CheckConstraint(condition=Q(side__in=LeakSide.values), name="leak_hit_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.side} {self.start}–{self.end}"


class LeakChoiceQuerySet(models.QuerySet["LeakChoice"]):
    def current(self) -> "LeakChoiceQuerySet":
        return self.filter(superseded_by__isnull=True)


class LeakChoice(models.Model):
    """What somebody decided about a hit. A change of mind supersedes; a trigger refuses both once an assessor has begun
    the comparison."""

    hit = models.ForeignKey(LeakHit, on_delete=models.PROTECT, related_name="choices")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    choice = models.CharField(_("choice"), max_length=8, choices=Decision.choices)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("decided"))

    objects = LeakChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice about a leak")
        verbose_name_plural = _("choices about leaks")
        constraints = [
            models.UniqueConstraint(
                fields=["hit"], name="leak_choice_first_once", condition=Q(supersedes__isnull=True)
            ),
            models.CheckConstraint(condition=Q(choice__in=Decision.values), name="leak_choice_known"),
        ]

    def __str__(self) -> str:
        return f"{self.choice} by {self.made_by_id}"
