"""What an evaluation asks beside the verdict."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.criteria import Condition, CriterionSpec
from apps.assessment.models.evaluations import Evaluation


class CriterionKind(models.TextChoices):
    """As `domain.criteria.KINDS`."""

    COMPARATIVE = "comparative", _("Comparing the answers")
    ABSOLUTE = "absolute", _("Each answer on a scale")
    MARKS = "marks", _("Marks in each answer")


class Criterion(models.Model):
    """One question beside the verdict: data, copied from a set, so what becomes of the set later changes nothing."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    required = models.BooleanField(_("required"), default=True)
    kind = models.CharField(_("kind"), max_length=12, choices=CriterionKind.choices, default=CriterionKind.COMPARATIVE)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    question = models.CharField(_("question"), max_length=200, blank=True, default="")
    points = models.PositiveSmallIntegerField(_("points of the scale"), default=0)
    low = models.CharField(_("what the lowest point means"), max_length=60, blank=True, default="")
    high = models.CharField(_("what the highest point means"), max_length=60, blank=True, default="")
    mark_kinds = models.JSONField(_("kinds of marks"), default=list, blank=True)
    depends_on = models.CharField(_("asked depending on"), max_length=40, blank=True, default="")
    depends_values = models.JSONField(_("having one of"), default=list, blank=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "key"], name="criterion_key_once"),
            models.CheckConstraint(condition=Q(kind__in=CriterionKind.values), name="criterion_kind_known"),
        ]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def from_spec(cls, spec: CriterionSpec, *, evaluation: Evaluation, position: int) -> "Criterion":
        return cls(
            evaluation=evaluation,
            position=position,
            key=spec.key,
            kind=spec.kind,
            required=spec.required,
            name=spec.name,
            question=spec.question,
            points=spec.points,
            low=spec.low,
            high=spec.high,
            mark_kinds=list(spec.mark_kinds),
            depends_on=spec.only_if.on if spec.only_if else "",
            depends_values=list(spec.only_if.values) if spec.only_if else [],
        )

    @property
    def spec(self) -> CriterionSpec:
        return CriterionSpec(
            key=self.key,
            kind=self.kind,
            required=self.required,
            name=self.name,
            question=self.question,
            points=self.points,
            low=self.low,
            high=self.high,
            mark_kinds=tuple(self.mark_kinds),
            only_if=Condition(self.depends_on, tuple(self.depends_values)) if self.depends_on else None,
        )
