from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.pipelines.models import PipelineRevision
from apps.splits.models import Split

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Split]
else:
    ModelForm = forms.ModelForm

MOST_ARMS = 4


class SplitForm(ModelForm):
    seed = forms.CharField(
        label=_("Seed"),
        required=False,
        max_length=100,
        validators=Split._meta.get_field("seed").validators,
        help_text=_("Drawn for you when empty. Give the key of a GrowthBook experiment to agree with its clients."),
    )

    class Meta:
        model = Split
        fields = ["name", "coverage", "seed"]
        help_texts = {"coverage": _("The share of all units that take part: 1 is everyone, 0.1 one in ten.")}


class ArmForm(forms.Form):
    revision = forms.ModelChoiceField(
        PipelineRevision.objects.select_related("pipeline").order_by("pipeline__name", "-number"),
        label=_("Pipeline revision"),
        to_field_name="public_id",
    )
    weight = forms.FloatField(label=_("Weight"), min_value=0.0001, max_value=1, help_text=_("All add up to 1."))


ArmFormSet = forms.formset_factory(ArmForm, extra=2, min_num=2, max_num=MOST_ARMS, validate_max=True)
