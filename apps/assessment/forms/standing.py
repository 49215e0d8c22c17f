"""What a researcher says to and about assessors, and what assessors say of themselves."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.assessment.domain.verdicts import SHOWN
from apps.assessment.labels import VERDICTS
from apps.assessment.models import Evaluation, StandingState

if TYPE_CHECKING:
    OneUser = forms.ModelChoiceField[User]
else:  # at run time Django's fields take no type
    OneUser = forms.ModelChoiceField


class ToAssessorForm(forms.Form):
    """Somebody who judges or judged in this evaluation, by public id."""

    assessor = OneUser(queryset=User.objects.none(), to_field_name="public_id")

    def __init__(self, evaluation: Evaluation, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["assessor"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        judged = evaluation.assignments.exclude(assessor=None).values("assessor")
        field.queryset = User.objects.filter(Q(pk__in=evaluation.assessors.values("pk")) | Q(pk__in=judged))


class StandingForm(ToAssessorForm):
    state = forms.ChoiceField(choices=StandingState.choices)
    reason = forms.CharField(max_length=200, required=False)


class MessageForm(ToAssessorForm):
    text = forms.CharField(label=_("Message"), max_length=2000)


class AdjudicationForm(forms.Form):
    """`verdict` in terms of the page: left and right."""

    verdict = forms.ChoiceField(
        label=_("Which answer is better?"),
        choices=[(key, VERDICTS[key]) for key in SHOWN],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say which answer is better, or that none is.")},
    )
    note = forms.CharField(label=_("Why?"), max_length=500, required=False)


class LanguagesForm(forms.Form):
    """Those of the tasks one could be given; none chosen stands for all."""

    tags = forms.MultipleChoiceField(
        label=_("Languages you judge in"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, tags: Iterable[tuple[str, str]], data: Any = None, *, chosen: Iterable[str] = ()) -> None:
        super().__init__(data, initial={"tags": list(chosen)})
        field = self.fields["tags"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (for the type checker)
        field.choices = list(tags)
