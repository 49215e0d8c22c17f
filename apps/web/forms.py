from django import forms
from django.utils.translation import gettext_lazy as _


class ExampleForm(forms.Form):
    """One of each control, for the style page alone."""

    name = forms.CharField(label=_("Name"), help_text=_("A short name that people will recognise."))
    number = forms.IntegerField(label=_("Number"), min_value=1, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", _("English")), ("ru", _("Russian"))])
    notes = forms.CharField(label=_("Notes"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    table = forms.FileField(label=_("File"), required=False)
    verdict = forms.ChoiceField(
        label=_("One of several"),
        widget=forms.RadioSelect,
        choices=[("a", _("The first")), ("b", _("The second"))],
    )
    agreed = forms.BooleanField(label=_("I have read the guidelines"), required=False)


class ExampleDefinitionForm(forms.Form):
    """What the editor of pipelines stands around, for the style page alone."""

    source = forms.CharField(
        label=_("Definition (YAML)"),
        widget=forms.Textarea(attrs={"rows": 6, "wrap": "off", "spellcheck": "false", "class": "code"}),
    )
