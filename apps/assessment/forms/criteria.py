"""Which set of criteria a researcher chooses, or writes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.criteria import CriteriaSet
from apps.assessment.domain.criteria_yaml import SetInvalid, read_set
from apps.assessment.domain.sets import OWN_WORDS, SETS, SOURCES
from apps.assessment.labels import SET_NAMES, set_problem_words

OWN = "own"
KEYS = ("standard", *sorted(SETS.keys() - {"standard"}))
CHOICES = [*((key, SET_NAMES.get(key, key)) for key in KEYS), (OWN, _("A set of my own, as written below"))]


class CriteriaForm(forms.Form):
    criteria = forms.ChoiceField(label=_("Criteria"), choices=CHOICES, initial="standard", widget=forms.RadioSelect)
    own_criteria = forms.CharField(
        label=_("A set of my own"),
        required=False,
        initial=SOURCES["standard"],
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code"}),
        help_text=_(
            "YAML. Kinds: comparative, absolute (with a scale), marks. only_if: {verdict: [tie]} asks after ties only. "
            "order: assessor or comparison shuffles. It counts only if the choice above says so."
        ),
    )

    def take_criteria(self) -> CriteriaSet | None:
        """The set that was chosen, in the place of both fields; None with errors added."""
        chosen, source = self.cleaned_data.pop("criteria", ""), self.cleaned_data.pop("own_criteria", "")
        if chosen != OWN:
            return SETS.get(chosen)
        try:
            return read_set(source.replace("\r\n", "\n"), known=OWN_WORDS)
        except SetInvalid as invalid:
            self.add_error("own_criteria", [set_problem_words(problem) for problem in invalid.problems])
        return None
