from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.judges.services.marking import usable_protocols
from apps.pipelines.models import PipelineRevision


class ReferenceForm(forms.Form):
    protocol = forms.ChoiceField(label=_("Protocol"), help_text=_("How an answer is marked against the references."))
    margin = forms.FloatField(
        label=_("Margin"),
        help_text=_("A difference of scores (0 to 1) up to this is a tie."),
        min_value=0,
        max_value=0.99,
        initial=0,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        offered = [(name, f"{protocol.title} ({name})") for name, protocol in usable_protocols().items()]
        self.fields["protocol"].choices = [("", _("Choose a protocol")), *offered]  # type: ignore[attr-defined]


class ModelForm(forms.Form):
    revision = forms.ModelChoiceField(
        label=_("Pipeline revision"),
        help_text=_("It gets pictures, instruction and both answers as its instruction, once in each order."),
        queryset=PipelineRevision.objects.select_related("pipeline").order_by("pipeline__name", "-number"),
        to_field_name="public_id",
        empty_label=_("Choose a revision"),
    )
