"""What the page of preference pairs is asked for."""

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

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
