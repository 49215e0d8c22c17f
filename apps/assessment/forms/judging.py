"""What an assessor's page sends. The names of its fields are a small public interface: programs may judge too."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.assessment.domain.attention import attention_said
from apps.assessment.domain.criteria import ABSOLUTE, COMPARATIVE, MARKS
from apps.assessment.domain.marks import MarkInput, MarkWrong, read_marks
from apps.assessment.domain.outcomes import contradicts, outcomes, wrong_fields
from apps.assessment.domain.refusals import JudgmentInvalid
from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.forms.marking import Marking, marking_of
from apps.assessment.forms.questions import (
    COLUMNS,
    FOR_MARKS,
    VERDICT_KEYS,
    Question,
    hand_out_keys,
    make_question,
    rating_key,
)
from apps.assessment.labels import RATINGS, VERDICTS, criterion_words, mark_wrong_words, missing_words, side_label
from apps.assessment.models import Criterion, MarkKind, Severity, SkipReason

LONGEST_MS = 2**53
CONTRADICTION = _(
    "All that you said of the criteria favours the other answer. Is your verdict as you mean it? Save again to keep it."
)


class JudgmentForm(forms.Form):
    """`verdict` and one field per criterion, named by its key, in the assessor's terms: left, right; 1, 2."""

    assignment = forms.UUIDField(widget=forms.HiddenInput)
    lease = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    submission_id = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=list(VERDICTS.items()), error_messages={"required": _("Say which answer is better, or that none is.")}
    )
    comment = forms.CharField(label=_("Comment"), max_length=5000, required=False)
    flagged = forms.BooleanField(label=_("Flag it for the researcher"), required=False)
    active_ms = forms.IntegerField(min_value=0, max_value=LONGEST_MS, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    contradiction = forms.CharField(max_length=8, required=False, widget=forms.HiddenInput)

    def __init__(
        self, criteria: Iterable[Criterion], data: Any = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"submission_id": uuid4()} | (initial or {}), auto_id="judge-%s")
        self.criteria = list(criteria)
        self.asks_contradiction = False
        for criterion in self.criteria:
            if criterion.kind == COMPARATIVE:
                self.fields[criterion.key] = forms.ChoiceField(choices=list(RATINGS.items()), required=False)
            elif criterion.kind == ABSOLUTE:
                for number in (1, 2):
                    self.fields[f"{criterion.key}_{number}"] = forms.IntegerField(
                        min_value=1, max_value=criterion.points, required=False
                    )
        if self.mark_kinds:
            self.add_marking()

    def add_marking(self) -> None:
        said = [("none", ""), ("marked", "")]
        kinds = [(kind, MarkKind(kind).label) for kind in self.mark_kinds]
        for number in (1, 2):
            self.fields[f"faults_{number}"] = forms.ChoiceField(choices=said, required=False)
            self.fields[f"wrong_{number}"] = forms.MultipleChoiceField(choices=kinds, required=False)
        self.fields["marks"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def carried(self) -> list[tuple[str, Any]]:
        """Hidden fields that go back as they came."""
        return [(name, self[name].value()) for name in ("assignment", "lease", "submission_id")]

    @property
    def is_blank(self) -> bool:
        """Nothing is said yet."""
        return not self.is_bound and "verdict" not in self.initial

    @property
    def order_of_criteria(self) -> str:
        return " ".join(criterion.key for criterion in self.criteria)

    @property
    def mark_kinds(self) -> list[str]:
        return [kind for criterion in self.criteria for kind in criterion.mark_kinds]

    @property
    def has_mistakes(self) -> bool:
        """`errors` by another name: in a template, `form.errors` is the criterion of that key."""
        return bool(self.errors)

    def put_in_order(self, criteria: Iterable[Criterion]) -> "JudgmentForm":
        """The same questions in the order of one comparison."""
        self.criteria = list(criteria)
        return self

    def clean_marks(self) -> tuple[MarkInput, ...]:
        try:
            return read_marks(self.cleaned_data["marks"])
        except MarkWrong as wrong:
            raise forms.ValidationError(mark_wrong_words(wrong)) from None

    def clean(self) -> dict[str, Any]:
        said, specs = self.judgment_input(), [criterion.spec for criterion in self.criteria]
        for name in wrong_fields(specs, said):
            if name not in self.errors and not (name.startswith("faults_") and "marks" in self.errors):
                self.add_error(name, str(missing_words(name)))
        if not self.errors and not said.contradiction_kept and contradicts(said.verdict, outcomes(specs, said)):
            self.asks_contradiction = True
            self.add_error("verdict", CONTRADICTION)
        return self.cleaned_data

    def refuse(self, refusal: JudgmentInvalid) -> None:
        """What only the server could tell: a mark does not stand where it says."""
        for name in refusal.fields:
            self.add_error(name, mark_wrong_words(refusal.mark) if refusal.mark else str(missing_words(name)))

    def judgment_input(self) -> JudgmentInput:
        said = self.cleaned_data
        ratings = {item.key: said[item.key] for item in self.criteria if said.get(item.key)}
        pairs = {item.key: self.scores(item.key) for item in self.criteria if item.kind == ABSOLUTE}
        return JudgmentInput(
            verdict=said.get("verdict", ""),
            ratings=ratings,
            scores={key: pair for key, pair in pairs.items() if pair},
            comment=said.get("comment", ""),
            flagged=said.get("flagged", False),
            faults=(self.faults(1), self.faults(2)),
            marks=(*said.get("marks", ()), *self.whole_marks(1), *self.whole_marks(2)),
            contradiction_kept=said.get("contradiction") == "kept",
            attention=attention_said(said.get("active_ms"), said.get("seen", "")),
        )

    def scores(self, key: str) -> tuple[int, int] | None:
        """Both or none: with one alone, 0 stands for the other, which is below every scale."""
        first, second = (self.cleaned_data.get(f"{key}_{number}") for number in (1, 2))
        return None if first is None and second is None else (first or 0, second or 0)

    def faults(self, number: int) -> str:
        """`wrong_…` alone says `marked` too."""
        said = self.cleaned_data.get(f"faults_{number}", "")
        return said or ("marked" if self.cleaned_data.get(f"wrong_{number}") else "")

    def whole_marks(self, number: int) -> list[MarkInput]:
        """The short way, without places: kinds that are wrong somewhere in the answer."""
        kinds = self.cleaned_data.get(f"wrong_{number}", ())
        return [MarkInput(answer=number, kind=kind, severity=Severity.MAJOR) for kind in kinds]

    def verdict_question(self) -> Question:
        return make_question(self["verdict"], _("Which answer is better?"), VERDICTS, VERDICT_KEYS)

    def criterion_questions(self) -> Iterator[Question]:
        asked = [item for item in self.criteria if item.kind != MARKS]
        keys = hand_out_keys([item.kind for item in asked], with_marks=bool(self.mark_kinds))
        for item, given in zip(asked, keys, strict=True):
            yield from self.scales(item, str(given)) if item.kind == ABSOLUTE else [self.comparing(item, given)]

    @property
    def uses_digits(self) -> bool:
        """Digits choose somewhere: a point of a scale, a kind of mistake."""
        return bool(self.mark_kinds) or any(question.key for question in self.criterion_questions())

    def comparing(self, item: Criterion, given: int | str) -> Question:
        """`given`: its column of letters, or the key that leads to it."""
        label, question = criterion_words(item.key, item.name, item.question)
        spec = item.spec
        return make_question(
            self[item.key],
            label,
            RATINGS,
            {} if isinstance(given, str) else {value: rating_key(value, given) for value in RATINGS},
            question=question,
            required=spec.required,
            condition=spec.only_if,
            key=given if isinstance(given, str) else "",
        )

    def scales(self, item: Criterion, key: str) -> Iterator[Question]:
        label, question = criterion_words(item.key, item.name, item.question)
        points = {str(point): str(point) for point in range(1, item.points + 1)}
        points |= {"1": f"1 · {item.low}", str(item.points): f"{item.points} · {item.high}"}
        for number in (1, 2):
            yield make_question(
                self[f"{item.key}_{number}"],
                side_label(label, number),
                points,
                {},
                question=question,
                required=item.required,
                kind=ABSOLUTE,
                condition=item.spec.only_if,
                key=key,
            )

    def marking(self) -> Marking | None:
        """The part of the page where marks are made; None when nothing is marked."""
        marks = [item for item in self.criteria if item.kind == MARKS]
        compared = sum(item.kind == COMPARATIVE for item in self.criteria)
        return marking_of(self, marks, min(compared, COLUMNS - FOR_MARKS)) if marks else None

    def marks_text(self) -> str:
        """The JSON of the hidden field, whatever it was made from."""
        said = self["marks"].value()
        return said if isinstance(said, str) else json.dumps(said or [])


class SkipForm(forms.Form):
    lease = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why do you skip it?"), choices=SkipReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Anything to add?"), max_length=500, required=False)
