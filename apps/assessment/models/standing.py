"""How assessors stand in an evaluation: working, paused or banned; the rules that decide it; what is said to them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.assessment.models.evaluations import Comparison, Evaluation
from apps.assessment.models.judgments import Verdict


class StandingState(models.TextChoices):
    WORKING = "working", _("Working")
    PAUSED = "paused", _("Paused")
    BANNED = "banned", _("Banned")


class Standing(models.Model):
    """One assessor's standing in one evaluation; no row is as good as working. Every change is audited."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="standings")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("standing"), max_length=8, choices=StandingState.choices, default=StandingState.WORKING)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    forgiven_at = models.DateTimeField(
        null=True, editable=False, help_text=_("Rules look at nothing that was done before.")
    )
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "assessor"], name="standing_once"),
            models.CheckConstraint(condition=Q(state__in=StandingState.values), name="standing_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.assessor_id}: {self.state}"


class RuleKind(models.TextChoices):
    """As `domain.rules.PREDICATES`."""

    GUESS = "guess", _("On gold like somebody who guesses")
    GOLD = "gold", _("Right on gold in fewer than")
    FAST = "fast", _("More than half judged faster than")
    SIDE = "side", _("Always the same side")
    TIES = "ties", _("All ties")
    SKIPS = "skips", _("Skips in a row")


class RuleAction(models.TextChoices):
    WARN = "warn", _("Warn")
    PAUSE = "pause", _("Pause")
    BAN = "ban", _("Ban and judge again")


class QualityRule(models.Model):
    """If, over the last `window` of what it looks at, an assessor is beyond `limit`, then `action`."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(_("rule"), max_length=8, choices=RuleKind.choices)
    window = models.PositiveSmallIntegerField(_("over the last"))
    limit = models.FloatField(
        _("limit"), default=0, help_text=_("Gold, guessing: per cent; time: seconds; otherwise unused.")
    )
    action = models.CharField(_("then"), max_length=8, choices=RuleAction.choices)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "kind", "action"], name="rule_once"),
            models.CheckConstraint(condition=Q(kind__in=RuleKind.values), name="rule_kind_known"),
            models.CheckConstraint(condition=Q(action__in=RuleAction.values), name="rule_action_known"),
            models.CheckConstraint(condition=Q(window__gte=2, window__lte=100), name="rule_window_2_100"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.window} {self.limit:g}: {self.action}"


class Message(models.Model):
    """From a researcher, or from a rule (`sender` empty), to one assessor of an evaluation."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("message"))
    sent_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        ordering = ["-sent_at"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["assessor", "-sent_at"], name="message_assessor")]

    def __str__(self) -> str:
        return str(self.public_id)


class Languages(models.Model):
    """The languages an assessor judges in; without a row, or with an empty list, all of them."""

    assessor = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    tags = ArrayField(models.CharField(max_length=16), default=list, blank=True)

    class Meta:
        verbose_name = _("languages of an assessor")
        verbose_name_plural = _("languages of assessors")

    def __str__(self) -> str:
        return ", ".join(self.tags)


class Adjudication(models.Model):
    """A researcher's word on a comparison its assessors disagree about; never part of a rate. The latest holds."""

    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="adjudications")
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("decided"))

    class Meta:
        ordering = ["made_at"]
        verbose_name = _("adjudication")
        verbose_name_plural = _("adjudications")
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="adjudication_verdict_known")
        ]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.made_by_id}"
