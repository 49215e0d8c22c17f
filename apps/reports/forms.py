"""What the page of preference pairs is asked for."""

import uuid
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.assessment.models import Verdict
from apps.reports.models import StoppingPlan
from apps.reports.preferences.rules import LIFTABLE
from apps.statistics.power import Design

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    ModelForm = forms.ModelForm[StoppingPlan]
else:
    ModelForm = forms.ModelForm


class LiftForm(forms.Form):
    """Rules of the guard to let go. Nonsense in the address lifts nothing."""

    lift = forms.MultipleChoiceField(
        label=_("Take in all the same"),
        choices=list(LIFTABLE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def lifted(self) -> list[str]:
        return self.cleaned_data["lift"] if self.is_valid() else []

    @property
    def query(self) -> str:
        """For addresses of files that hold what the page counts; empty, or begins with "?"."""
        return f"?{urlencode({'lift': self.lifted}, doseq=True)}" if self.lifted else ""


class ShareForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("Read-only link for"),
        coerce=int,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days"))],
        initial=30,
    )


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


MARKED = {
    "both": _("Both marked"),
    "a_only": _("Only A marked"),
    "b_only": _("Only B marked"),
    "neither": _("Neither marked"),
}

PREFERS = {"a": _("A better"), "same": pgettext_lazy("criterion", "Same"), "b": _("B better")}


class CellForm(forms.Form):
    """Which cell of a report's tables one looks into. Nonsense in the address narrows nothing."""

    cluster = forms.CharField(required=False, max_length=80)
    language = forms.CharField(required=False, max_length=16)
    criterion = forms.SlugField(required=False, max_length=40)
    verdict = forms.ChoiceField(required=False, choices=[("", ""), *Verdict.choices])
    assessor = forms.UUIDField(required=False)
    marked = forms.ChoiceField(required=False, choices=[("", ""), *MARKED.items()])
    prefers = forms.ChoiceField(required=False, choices=[("", ""), *PREFERS.items()])

    @property
    def cell(self) -> dict[str, str]:
        self.is_valid()
        said: dict[str, str | uuid.UUID | None] = getattr(self, "cleaned_data", {})
        return {name: str(value) for name, value in said.items() if value}


class PlanForm(ModelForm):
    """In per cent and points, as people speak; the model keeps shares."""

    PERCENT = ("difference", "alpha", "power", "tie_share", "between_tasks", "between_assessors")

    difference = forms.FloatField(
        label=_("Smallest difference that matters, points of win rate"),
        min_value=0.5,
        max_value=50,
        help_text=_("5 means that a win rate of 0.55 is worth a launch and 0.52 is not."),
    )
    assessors = forms.IntegerField(label=_("Assessors"), min_value=2, max_value=10_000)
    alpha = forms.FloatField(label=_("Chance of a false finding, %"), min_value=0.1, max_value=20)
    power = forms.FloatField(label=_("Chance to find what is there, %"), min_value=50, max_value=99)
    tie_share = forms.FloatField(label=_("Ties expected, %"), min_value=0, max_value=95)
    between_tasks = forms.FloatField(
        label=_("Variance between tasks, %"),
        min_value=0,
        max_value=90,
        help_text=_(
            "How much judgments of one task resemble each other; from the judgments so far where there are any."
        ),
    )
    between_assessors = forms.FloatField(label=_("Variance between assessors, %"), min_value=0, max_value=50)

    class Meta:
        model = StoppingPlan
        fields = (
            "difference",
            "assessors",
            "kind",
            "alpha",
            "power",
            "tie_share",
            "between_tasks",
            "between_assessors",
        )

    def clean(self) -> dict[str, object]:
        said = super().clean() or self.cleaned_data
        for name in self.PERCENT:
            if said.get(name) is not None:
                said[name] = round(said[name] / 100, 6)
        if not self.errors and said["between_tasks"] + said["between_assessors"] > 1:
            self.add_error(
                "between_assessors",
                gettext("Variance between tasks and between assessors is more than all of it: together at most 100%."),
            )
        elif not self.errors and self.design.tasks_for(said["difference"]) is None:
            needed = self.design.assessors_for(said["difference"])
            told = gettext(
                "No number of tasks shows this difference with so few assessors: at least %(needed)s are needed."
            )
            self.add_error("assessors", told % {"needed": needed})
        return said

    @property
    def design(self) -> Design:
        """Of what was entered, overlap left aside; valid forms only."""
        said = self.cleaned_data
        names = ("assessors", "tie_share", "between_tasks", "between_assessors", "alpha", "power")
        return Design(overlap=self.overlap, **{name: said[name] for name in names})

    overlap = 1


class TrafficForm(forms.Form):
    """A weight for each cluster, at first its share in force. All left empty: no weights. Fields are named after their
    cluster, not its place: clusters may join while somebody fills the form in."""

    def __init__(
        self, *args: Any, clusters: "Iterable[str]", shares: "Mapping[str, float] | None" = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.clusters = {f"weight-{sha256(name.encode()).hexdigest()[:12]}": name for name in clusters}
        for field, name in self.clusters.items():
            self.fields[field] = forms.FloatField(
                label=name, min_value=0, max_value=1e9, required=False, initial=(shares or {}).get(name)
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        given = [value for value in said.values() if value is not None]
        if not self.errors and given and not any(given):
            raise forms.ValidationError(
                _("All weights are 0: give at least one cluster more, or leave all fields empty for no weights.")
            )
        return said

    @property
    def weights(self) -> dict[str, float]:
        """By cluster; a field left empty beside others is 0. Empty where all are. Valid forms only."""
        given = {name: self.cleaned_data[field] for field, name in self.clusters.items()}
        if all(value is None for value in given.values()):
            return {}
        return {name: value or 0.0 for name, value in given.items()}
