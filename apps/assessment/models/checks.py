"""Comparisons that test assessors instead of pipelines: gold, controls and re-tests."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.assessment.models.evaluations import Comparison, Evaluation
from apps.assessment.models.judgments import Judgment
from apps.assessment.models.leaks import LeakSide


class Corruption(models.TextChoices):
    """As `domain.gold.KINDS`."""

    OBJECT = "object", _("An object named wrongly")
    COUNT = "count", _("A number changed")
    COLOUR = "colour", _("A colour changed")
    TEXT = "text", _("Recognised text changed")
    CUT = "cut", _("Cut short")
    FOREIGN = "foreign", _("The answer to another task")
    GRAMMAR = "grammar", _("Grammar broken")


class GoldItem(models.Model):
    """An answer and the same answer damaged: the first is better, and `criterion` is where it is better."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="gold")
    source = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="gold")
    side = models.CharField(_("side"), max_length=1, choices=LeakSide.choices)
    corruption = models.CharField(_("damage"), max_length=8, choices=Corruption.choices)
    criterion = models.SlugField(max_length=40)
    text = models.TextField(_("damaged answer"))

    class Meta:
        verbose_name = _("gold item")
        verbose_name_plural = _("gold items")
        constraints = [
            models.UniqueConstraint(fields=["source"], name="gold_source_once"),
            models.CheckConstraint(condition=Q(corruption__in=Corruption.values), name="gold_corruption_known"),
        ]
        indexes = [models.Index(fields=["evaluation"], name="gold_evaluation")]

    def __str__(self) -> str:
        return f"{self.corruption} of {self.source_id}"

    @property
    def undamaged(self) -> str:
        """The better text; `source` and its answers are loaded."""
        return (self.source.answer_a if self.side == LeakSide.A else self.source.answer_b).text or ""


class CheckKind(models.TextChoices):
    GOLD = "gold", _("Gold")
    CONTROL = "control", _("Same answer twice")
    RETEST = "retest", _("Shown again with sides swapped")
    TRAINING = "training", _("Training")
    EXAM = "exam", _("Exam")


WITH_WINNER = (CheckKind.GOLD, CheckKind.TRAINING, CheckKind.EXAM)


class CheckQuerySet(models.QuerySet["Check"]):
    def on_gold(self) -> "CheckQuerySet":
        """Those with a known winner that are mixed in unseen: no training, no exam."""
        return self.filter(kind=CheckKind.GOLD)


class Check(models.Model):
    """Why a comparison is a check, and for whom it was made. A stands for the undamaged answer of `gold`."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="checks")
    comparison = models.OneToOneField(Comparison, on_delete=models.CASCADE, related_name="check_of")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=CheckKind.choices)
    gold = models.ForeignKey(GoldItem, null=True, on_delete=models.PROTECT, related_name="checks")
    retest_of = models.ForeignKey(Judgment, null=True, on_delete=models.PROTECT, related_name="retests")

    objects = CheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of an assessor")
        verbose_name_plural = _("checks of assessors")
        constraints = [
            models.UniqueConstraint(fields=["gold", "assessor"], name="check_gold_once"),
            models.UniqueConstraint(fields=["retest_of"], name="check_retest_once"),
            models.CheckConstraint(
                condition=Q(kind=CheckKind.RETEST, retest_of__isnull=False, gold=None)
                | Q(kind=CheckKind.CONTROL, retest_of=None)
                | Q(kind__in=WITH_WINNER, retest_of=None, gold__isnull=False),
                name="check_of_gold_or_judgment",
            ),
            models.CheckConstraint(condition=Q(kind__in=CheckKind.values), name="check_kind_known"),
        ]
        indexes = [models.Index(fields=["evaluation", "assessor", "kind"], name="check_assessor")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.assessor_id}"
