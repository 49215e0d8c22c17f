"""The form that takes judgments made elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.assessment.elsewhere import readers


class ImportJudgmentsForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Of the evaluation, and of the new bucket of its tasks.")
    )
    form = forms.ChoiceField(label=_("Where it comes from"))
    file = forms.FileField(label=_("File with judgments"), help_text=_("Text in UTF-8, at most 256 MB."))
    a = forms.CharField(
        label=_("Candidate (A)"), max_length=110, initial="A", help_text=_("Used where the file names no pipelines.")
    )
    b = forms.CharField(
        label=_("Baseline (B)"), max_length=110, initial="B", help_text=_("Used where the file names no pipelines.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"] = forms.ChoiceField(
            label=_("Where it comes from"), choices=[(reader.name, reader.label) for reader in readers().values()]
        )

    @property
    def names(self) -> tuple[str, str]:
        return self.cleaned_data["a"], self.cleaned_data["b"]
