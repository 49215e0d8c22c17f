"""The forms that take judgments made elsewhere: the file, and what becomes of each thing it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.found import LEFT_OUT, OTHER, Becomes, Found
from apps.assessment.elsewhere import readers
from apps.assessment.labels import BECOMES
from apps.assessment.services import Look


class ImportJudgmentsForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Of the evaluation, and of the new bucket of its tasks.")
    )
    form = forms.ChoiceField(label=_("Where it comes from"))
    file = forms.FileField(
        label=_("File with judgments"),
        help_text=_("Text in UTF-8, or Potato’s folder of output as a ZIP; at most 256 MB."),
    )
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


@dataclass(frozen=True)
class BecomesRow:
    """One line of the table: what was found, and the fields that say what becomes of it."""

    found: Found
    becomes: forms.BoundField
    fewer: forms.BoundField | None


class BecomesForm(forms.Form):
    """What becomes of each thing that `look` found. Sent only with the button `keep`: before, nobody was asked."""

    tie_within = forms.FloatField(
        label=_("Points that still make a tie"),
        min_value=0,
        max_value=1000,
        initial=0,
        help_text=_("When the verdict comes from two numbers: a difference of so many or fewer is a tie."),
    )

    def __init__(self, data: Mapping[str, Any] | None, look: Look) -> None:
        super().__init__(data if data and "keep" in data else None)
        self.look = look
        for found in look.found:
            target = look.becomes[found.name]
            choices = [(LEFT_OUT, BECOMES[LEFT_OUT])] if found.kind == OTHER else list(BECOMES.items())
            self.fields[_field(found)] = forms.ChoiceField(label=found.name, choices=choices, initial=target.what)
            if found.is_numbers:
                self.fields[_field(found, "fewer")] = forms.BooleanField(
                    label=found.name, required=False, initial=target.faults
                )

    def rows(self) -> Iterator[BecomesRow]:
        for found in self.look.found:
            yield BecomesRow(found, self[_field(found)], self[_field(found, "fewer")] if found.is_numbers else None)

    @property
    def becomes(self) -> dict[str, Becomes]:
        said = self.cleaned_data
        return {
            found.name: Becomes(said[_field(found)], faults=bool(said.get(_field(found, "fewer"))))
            for found in self.look.found
        }


def _field(found: Found, what: str = "becomes") -> str:
    """The file's name may hold anything; another file's fields are not mistaken for these."""
    return f"{what}_{hashlib.sha256(found.name.encode()).hexdigest()[:16]}"
