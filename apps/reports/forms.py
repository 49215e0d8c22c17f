"""What the page of preference pairs is asked for."""

import uuid

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from apps.assessment.models import Verdict
from apps.reports.preferences.rules import LIFTABLE


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


class CellForm(forms.Form):
    """Which cell of a report's tables one looks into. Nonsense in the address narrows nothing."""

    cluster = forms.CharField(required=False, max_length=80)
    language = forms.CharField(required=False, max_length=16)
    criterion = forms.SlugField(required=False, max_length=40)
    verdict = forms.ChoiceField(required=False, choices=[("", ""), *Verdict.choices])
    assessor = forms.UUIDField(required=False)

    @property
    def cell(self) -> dict[str, str]:
        self.is_valid()
        said: dict[str, str | uuid.UUID | None] = getattr(self, "cleaned_data", {})
        return {name: str(value) for name, value in said.items() if value}
