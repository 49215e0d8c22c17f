"""What a judgment says by each criterion, and the places it marks; append-only like the judgment."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.assessment.domain.marks import WHOLE
from apps.assessment.models.criteria import Criterion
from apps.assessment.models.judgments import Judgment
from apps.assessment.models.leaks import LeakSide


class Rating(models.Model):
    """A judgment's answer to one criterion: 1 when A is better, 0 when they are the same, -1 when B is better.

    `value_a` and `value_b`: points on a scale, or numbers of marks of the criterion's kinds (0: looked, and none seen);
    empty for criteria that only compare, and for an answer that was not looked at, when there is no preference either.
    """

    judgment = models.ForeignKey(Judgment, on_delete=models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="ratings")
    preference = models.SmallIntegerField(null=True)
    value_a = models.PositiveSmallIntegerField(null=True)
    value_b = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["judgment", "criterion"], name="rating_once"),
            models.CheckConstraint(condition=Q(preference__in=[-1, 0, 1]), name="rating_preference_known"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.preference}"


class MarkKind(models.TextChoices):
    """As `domain.marks.MARK_KINDS`."""

    OBJECT = "object", pgettext_lazy("what a mark says is wrong", "Object")
    ATTRIBUTE = "attribute", pgettext_lazy("what a mark says is wrong", "Attribute")
    COUNT = "count", pgettext_lazy("what a mark says is wrong", "Count")
    RELATION = "relation", pgettext_lazy("what a mark says is wrong", "Relation")
    TEXT = "text", pgettext_lazy("what a mark says is wrong", "Text in image")
    FACT = "fact", pgettext_lazy("what a mark says is wrong", "Fact")
    LOGIC = "logic", pgettext_lazy("what a mark says is wrong", "Logic")


class Severity(models.TextChoices):
    MINOR = "minor", pgettext_lazy("severity", "Minor")
    MAJOR = "major", pgettext_lazy("severity", "Major")


class Mark(models.Model):
    """A place in one answer that is wrong: characters `start` to `end` of its text as shown (masks laid, no markup),
    which read `quote`. Without a place it speaks of the whole answer. Optionally the rectangle of a picture that
    refutes it, in thousandths of the picture's width and height."""

    judgment = models.ForeignKey(Judgment, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="marks")
    side = models.CharField(_("side"), max_length=1, choices=LeakSide.choices)
    kind = models.CharField(_("kind"), max_length=10, choices=MarkKind.choices)
    severity = models.CharField(_("severity"), max_length=5, choices=Severity.choices)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    quote = models.TextField(_("marked words"), blank=True, default="")
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    picture = models.PositiveSmallIntegerField(null=True, help_text=_("Number of the picture in its task, from 1."))
    left_permille = models.PositiveSmallIntegerField(null=True)
    top_permille = models.PositiveSmallIntegerField(null=True)
    width_permille = models.PositiveSmallIntegerField(null=True)
    height_permille = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MarkKind.values), name="mark_kind_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="mark_severity_known"),
            models.CheckConstraint(condition=Q(side__in=LeakSide.values), name="mark_side_known"),
            models.CheckConstraint(
                condition=Q(start=None, end=None, quote="")
                | (Q(start__isnull=False, end__isnull=False, start__lt=F("end")) & ~Q(quote="")),
                name="mark_place_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    picture=None, left_permille=None, top_permille=None, width_permille=None, height_permille=None
                )
                | Q(
                    picture__isnull=False,
                    picture__gte=1,
                    width_permille__isnull=False,
                    width_permille__gte=1,
                    height_permille__isnull=False,
                    height_permille__gte=1,
                    left_permille__isnull=False,
                    left_permille__lte=WHOLE - F("width_permille"),
                    top_permille__isnull=False,
                    top_permille__lte=WHOLE - F("height_permille"),
                ),
                name="mark_region_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.side} {self.start}–{self.end}"
