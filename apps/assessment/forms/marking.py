"""The part of the judging page where marks are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from apps.assessment.forms.questions import cap_of, rating_key
from apps.assessment.labels import criterion_words
from apps.assessment.models import Criterion, MarkKind, Severity

if TYPE_CHECKING:
    from apps.assessment.forms.judging import JudgmentForm


@dataclass(frozen=True)
class Kind:
    """`digit` chooses it while marking."""

    value: str
    label: Promise | str
    digit: int


@dataclass(frozen=True)
class KindGroup:
    """The kinds of the criterion `key`."""

    key: str
    label: Promise | str
    kinds: list[Kind]


@dataclass(frozen=True)
class MarkedAnswer:
    """`said`: `none`, `marked` or nothing yet; `wrong`: kinds ticked without a place; keys are codes of physical
    ones."""

    number: int
    said: str
    wrong: list[str]
    error: str
    none_key: str
    mark_key: str

    @property
    def none_cap(self) -> str:
        return cap_of(self.none_key)

    @property
    def mark_cap(self) -> str:
        return cap_of(self.mark_key)


@dataclass(frozen=True)
class Marking:
    required: bool
    label: str
    groups: list[KindGroup]
    severities: list[tuple[str, Promise | str]]
    answers: list[MarkedAnswer]
    error: str


def marking_of(form: "JudgmentForm", criteria: Sequence[Criterion], column: int) -> Marking:
    """`column`: the first one whose keys no other criterion has."""
    digits = {kind: digit for digit, kind in enumerate((kind for item in criteria for kind in item.mark_kinds), 1)}
    names = [criterion_words(item.key, item.name)[0] for item in criteria]
    groups = [
        KindGroup(item.key, name, [Kind(kind, MarkKind(kind).label, digits[kind]) for kind in item.mark_kinds])
        for name, item in zip(names, criteria, strict=True)
    ]
    return Marking(
        required=any(item.required for item in criteria),
        label=" · ".join(str(name) for name in names),
        groups=groups,
        severities=[(value, Severity(value).label) for value in Severity.values],
        answers=[marked_answer(form, number, column) for number in (1, 2)],
        error=" ".join(str(error) for error in form["marks"].errors),
    )


def marked_answer(form: "JudgmentForm", number: int, column: int) -> MarkedAnswer:
    faults = form[f"faults_{number}"]
    return MarkedAnswer(
        number=number,
        said=str(faults.value() or ""),
        wrong=[str(kind) for kind in form[f"wrong_{number}"].value() or []],
        error=" ".join(str(error) for error in [*faults.errors, *form[f"wrong_{number}"].errors]),
        none_key=rating_key("same", column + number - 1),
        mark_key=rating_key("left", column + number - 1),
    )
