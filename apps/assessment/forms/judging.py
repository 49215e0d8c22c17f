"""What an assessor's page sends. The names of its fields are a small public interface: programs may judge too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.labels import CRITERIA, RATINGS, VERDICTS
from apps.assessment.models import Criterion, SkipReason

VERDICT_KEYS = {"left_much": "Digit1", "left": "Digit2", "tie": "Digit3", "right": "Digit4", "right_much": "Digit5"}
VERDICT_KEYS["both_bad"] = "Digit0"
RATING_KEYS = {"left": "QWERTYUIOP", "same": "ASDFGHJKL", "right": "ZXCVBNM"}


@dataclass(frozen=True)
class Choice:
    """One radio button; `key` is the code of its physical key, `cap` what is printed on it."""

    value: str
    label: Promise | str
    key: str
    checked: bool

    @property
    def cap(self) -> str:
        return self.key.removeprefix("Digit").removeprefix("Key")


@dataclass(frozen=True)
class Question:
    name: str
    label: Promise | str
    question: Promise | str
    required: bool
    choices: list[Choice]
    error: str


class JudgmentForm(forms.Form):
    """`verdict` and one field per criterion, named by its key, in the assessor's terms: left, right."""

    assignment = forms.UUIDField(widget=forms.HiddenInput)
    lease = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=list(VERDICTS.items()), error_messages={"required": _("Say which answer is better, or that none is.")}
    )
    comment = forms.CharField(label=_("Comment"), max_length=5000, required=False)

    def __init__(
        self, criteria: Iterable[Criterion], data: Any = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"submission_id": uuid4()} | (initial or {}), auto_id="judge-%s")
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[criterion.key] = forms.ChoiceField(
                choices=list(RATINGS.items()),
                required=criterion.required,
                error_messages={"required": _("Choose one of the three.")},
            )

    @property
    def has_mistakes(self) -> bool:
        """`errors` by another name: in a template, `form.errors` is the criterion of that key."""
        return bool(self.errors)

    def judgment_input(self) -> JudgmentInput:
        said = self.cleaned_data
        ratings = {item.key: said[item.key] for item in self.criteria if said[item.key]}
        return JudgmentInput(verdict=said["verdict"], ratings=ratings, comment=said["comment"])

    def verdict_question(self) -> Question:
        return self.question("verdict", _("Which answer is better?"), "", VERDICTS, VERDICT_KEYS)

    def criterion_questions(self) -> Iterator[Question]:
        for column, item in enumerate(self.criteria):
            label, question = CRITERIA.get(item.key, (item.key, ""))
            keys = {value: f"Key{row[column]}" for value, row in RATING_KEYS.items() if column < len(row)}
            yield self.question(item.key, label, question, RATINGS, keys)

    def question(
        self,
        name: str,
        label: Promise | str,
        question: Promise | str,
        words: dict[str, Promise],
        keys: dict[str, str],
    ) -> Question:
        field = self[name]
        chosen = field.value()
        return Question(
            name=name,
            label=label,
            question=question,
            required=field.field.required,
            choices=[Choice(value, word, keys.get(value, ""), value == chosen) for value, word in words.items()],
            error=" ".join(str(error) for error in field.errors),
        )


class SkipForm(forms.Form):
    lease = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why do you skip it?"), choices=SkipReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Anything to add?"), max_length=500, required=False)
