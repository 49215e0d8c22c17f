"""Judges that are no people: what they are, the runs in which they were asked, what they said; append-only.

People's judgments live in `apps.assessment`, which knows nothing of this room (import-linter holds it), so no
automatic judgment can be shown to an assessor or counted among people's.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.assessment.models import Comparison, Evaluation, Verdict
from apps.assessment.models.evaluations import LATE
from apps.generation.models import Answer, AnswerState, Run
from apps.pipelines.models import PipelineRevision


class JudgeKind(models.TextChoices):
    REFERENCE = "reference", _("Reference judge")
    MODEL = "model", _("Model judge")


class JudgeQuerySet(models.QuerySet["AutomaticJudge"]):
    def with_news(self) -> JudgeQuerySet:
        """Model judges whose runs answered something since all answers were read; an index probe for each run."""
        since = ExpressionWrapper(OuterRef("judge__looked_at") - LATE, output_field=DateTimeField())
        lately = Answer.objects.filter(run=OuterRef("run"), state=AnswerState.DONE, finished_at__gte=since)
        runs = JudgeRun.objects.filter(Exists(lately), judge=OuterRef("pk"))
        return self.filter(Q(looked_at=None) | Exists(runs), kind=JudgeKind.MODEL)


class AutomaticJudge(models.Model):
    """A reference judge marks both answers by `protocol`, and a difference of more than `margin` wins. A model judge is
    a pipeline revision, asked in both orders by the prompt of that version."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="automatic_judges")
    kind = models.CharField(_("kind"), max_length=9, choices=JudgeKind.choices)
    protocol = models.CharField(_("protocol"), max_length=80, blank=True, default="")
    margin = models.FloatField(_("margin"), null=True, blank=True)
    revision = models.ForeignKey(
        PipelineRevision, null=True, blank=True, on_delete=models.PROTECT, related_name="automatic_judges"
    )
    prompt = models.CharField(_("prompt"), max_length=40, blank=True, default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("started"))
    looked_at = models.DateTimeField(
        null=True, editable=False, help_text=_("When all answers had been read; on the database’s clock.")
    )

    objects = JudgeQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("automatic judge")
        verbose_name_plural = _("automatic judges")
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "protocol", "margin"], name="judge_reference_once", condition=Q(kind="reference")
            ),
            models.UniqueConstraint(
                fields=["evaluation", "revision", "prompt"], name="judge_model_once", condition=Q(kind="model")
            ),
            models.CheckConstraint(
                condition=(Q(kind="reference", revision=None, prompt="", margin__gte=0, margin__lt=1) & ~Q(protocol=""))
                | (Q(kind="model", revision__isnull=False, protocol="", margin=None) & ~Q(prompt="")),
                name="judge_kind_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.revision) if self.revision else self.protocol

    @property
    def is_model(self) -> bool:
        return self.kind == JudgeKind.MODEL


class JudgeRun(models.Model):
    """An ordinary run in which a model judge is asked, over a bucket made of comparisons for it."""

    judge = models.ForeignKey(AutomaticJudge, on_delete=models.CASCADE, related_name="judge_runs")
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="judge_run")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("run of a model judge")
        verbose_name_plural = _("runs of model judges")

    def __str__(self) -> str:
        return f"{self.judge_id}: {self.run_id}"


class Order(models.TextChoices):
    """As `domain.combining.ORDERS`: which answer the judge read first; a reference judge reads each by itself."""

    NONE = "none", _("Each by itself")
    A_FIRST = "a_first", _("A first")
    B_FIRST = "b_first", _("B first")


class Reading(models.TextChoices):
    """What became of one question to a judge; there is a verdict only of what was `judged`."""

    JUDGED = "judged", pgettext_lazy("of a judge's reply", "Judged")
    UNPARSED = "unparsed", pgettext_lazy("of a judge's reply", "Not understood")
    UNUSABLE = "unusable", pgettext_lazy("of a judge's reply", "No usable reference")


class AutomaticJudgment(models.Model):
    """What a judge said of a comparison in one order; append-only, in terms of the pipelines as `Judgment` is.

    `criteria`: by key `{"preference": 1 | 0 | -1 | null, "a": points or marks | null, "b": … | null}`, as in `Rating`;
    `score_a` and `score_b` are a reference judge's, 0 to 1. The reply of a model judge is the text of `answer`.
    """

    judge = models.ForeignKey(AutomaticJudge, on_delete=models.PROTECT, related_name="judgments")
    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="automatic_judgments")
    order = models.CharField(_("order"), max_length=7, choices=Order.choices)
    reading = models.CharField(_("outcome"), max_length=8, choices=Reading.choices)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices, blank=True, default="")
    criteria = models.JSONField(default=dict, blank=True)
    score_a = models.FloatField(null=True, blank=True)
    score_b = models.FloatField(null=True, blank=True)
    answer = models.OneToOneField(
        Answer, null=True, blank=True, on_delete=models.PROTECT, related_name="automatic_judgment"
    )
    judged_at = models.DateTimeField(_("judged"))

    class Meta:
        ordering = ["pk"]
        verbose_name = _("automatic judgment")
        verbose_name_plural = _("automatic judgments")
        constraints = [
            models.UniqueConstraint(fields=["judge", "comparison", "order"], name="automatic_judgment_once"),
            models.CheckConstraint(
                condition=Q(order=Order.NONE, answer=None)
                | Q(order__in=[Order.A_FIRST, Order.B_FIRST], answer__isnull=False),
                name="automatic_judgment_order",
            ),
            models.CheckConstraint(
                condition=Q(reading=Reading.JUDGED, verdict__in=Verdict.values)
                | Q(reading__in=[Reading.UNPARSED, Reading.UNUSABLE], verdict=""),
                name="automatic_judgment_reading",
            ),
            models.CheckConstraint(
                condition=Q(score_a=None, score_b=None)
                | Q(score_a__gte=0, score_a__lte=1, score_b__gte=0, score_b__lte=1),
                name="automatic_judgment_scores",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge_id} on {self.comparison_id}: {self.verdict or self.reading}"

    @property
    def prefers_first(self) -> bool | None:
        """Did the answer that was read first win? None where no order was read, or neither won."""
        won = {"a": "a", "a_much": "a", "b": "b", "b_much": "b"}.get(self.verdict)
        return None if won is None or self.order == Order.NONE else (won == "a") == (self.order == Order.A_FIRST)
