"""What an evaluation asks of its assessors beside judging, and the rules that watch them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.policies import Policy
from apps.assessment.domain.rules import DEFAULTS, OFFERED, Rule
from apps.assessment.models import RuleAction, RuleKind

OFF = ("off", _("Nothing"))
LIMITED = {  # what the number is called, and between what it lies
    "guess": (_("Somebody honest is right on gold, %"), 60, 99),
    "gold": (_("Fewer right than, %"), 0, 100),
    "fast": (_("Faster than, seconds"), 0, None),
}


def percent(label: object, help_text: object, most: int = 50) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, max_value=most, initial=0, required=False)  # type: ignore[arg-type]


def number(label: object, help_text: object, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, max_value=most, required=False, **more)  # type: ignore[arg-type]


class PolicyForm(forms.Form):
    """Fields of `Policy`; `usual_rules` for its rules."""

    most_overlap = number(
        _("Judgments while unsure, up to"),
        _("Where the first judgments disagree, more are asked for. They stay out of win rates. Empty: never."),
        20,
        min_value=2,
    )
    gold_percent = percent(
        _("Gold comparisons, %"),
        _(
            "Mixed in unseen: an answer against the same answer damaged, so it is known which is better. "
            "With 10 %, the usual rules find nine of ten who guess within 200 comparisons."
        ),
    )
    control_percent = percent(_("The same answer twice, %"), _("Shows whether somebody prefers a side."))
    retest_percent = percent(
        _("Shown again with sides swapped, %"), _("One’s own earlier comparison: is one of the same opinion?")
    )
    training_size = number(
        _("Training comparisons"), _("Before work, on gold; after each it is said what was wrong."), 50, min_value=0
    )
    exam_size = number(_("Exam comparisons"), _("After training, on gold. Empty: no exam."), 50, min_value=0)
    pass_percent = percent(_("Pass mark of the exam, %"), _("Who has fewer right gets no work here."), 100)
    qualification = forms.CharField(
        label=_("Qualification"),
        max_length=60,
        required=False,
        help_text=_(
            "A name, such as “captions, English”. Whoever passed the exam of another evaluation of yours with this "
            "name begins to work here at once. With a name and no exam only those people get work."
        ),
    )
    daily_cap = number(_("Comparisons a day for one assessor"), _("Empty: as many as they like."), 10_000, min_value=1)
    shows_gold = forms.BooleanField(label=_("Assessors see how often they were right on gold"), required=False)
    usual_rules = forms.BooleanField(
        label=_("Watch assessors by the usual rules"),
        required=False,
        initial=True,
        help_text=_(
            "Guessing (seen on gold), too fast, always one side: pause. All ties, many skips: warn. Can be changed "
            "later."
        ),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["pass_percent"].initial = 80

    def take_policy(self) -> Policy:
        """Takes the fields out of what was said; what was left empty is as a policy has it."""
        said = {name: self.cleaned_data.pop(name, None) for name in PolicyForm.base_fields}
        rules = DEFAULTS if said.pop("usual_rules") else ()
        return Policy(rules=rules, **{name: value for name, value in said.items() if value is not None})

    def policy_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in PolicyForm.base_fields]


class RulesForm(forms.Form):
    """One rule of each kind, or none; and for the simulator how much gold there is and how long people work."""

    gold_percent = forms.IntegerField(label=_("Gold comparisons, %"), min_value=0, max_value=50, initial=10)
    comparisons = forms.IntegerField(label=_("Comparisons of one assessor"), min_value=10, max_value=1000, initial=200)

    def __init__(
        self, data: Any = None, *, rules: tuple[Rule, ...] = DEFAULTS, gold_percent: int | None = None
    ) -> None:
        super().__init__(data)
        offered = {rule.kind: rule for rule in OFFERED}
        asked = {rule.kind: rule for rule in rules}
        for kind in RuleKind.values:
            rule = asked.get(kind, offered[kind])
            self.fields[f"{kind}_window"] = forms.IntegerField(
                label=_("Over the last"), min_value=2, max_value=100, initial=rule.window
            )
            if kind in LIMITED:
                unit, least, most = LIMITED[kind]
                self.fields[f"{kind}_limit"] = forms.FloatField(
                    label=unit, min_value=least, max_value=most, initial=f"{rule.limit:g}"
                )
            self.fields[f"{kind}_action"] = forms.ChoiceField(
                label=_("Then"),
                choices=[OFF, *RuleAction.choices],
                initial=rule.action if kind in asked else OFF[0],
            )
        if gold_percent is not None:
            self.fields["gold_percent"].initial = gold_percent

    def rows(self) -> list[tuple[object, list[forms.BoundField]]]:
        """For each kind its name, what to do first, then over how many, then the limit."""
        return [
            (
                label,
                [self[f"{kind}_{part}"] for part in ("action", "window", "limit") if f"{kind}_{part}" in self.fields],
            )
            for kind, label in RuleKind.choices
        ]

    def said(self) -> dict[str, Any]:
        """What was sent, or while nothing was, what the form starts from."""
        return self.cleaned_data if self.is_bound else {name: field.initial for name, field in self.fields.items()}

    def rules(self) -> tuple[Rule, ...]:
        said = self.said()
        return tuple(
            Rule(kind, said[f"{kind}_window"], float(said.get(f"{kind}_limit") or 0), said[f"{kind}_action"])
            for kind in RuleKind.values
            if said[f"{kind}_action"] != OFF[0]
        )
