"""What the judging page asks, ready to be laid out: a question with its choices and their keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.functional import Promise

from apps.assessment.domain.criteria import COMPARATIVE, Condition

VERDICT_KEYS = {"left_much": "Digit1", "left": "Digit2", "tie": "Digit3", "right": "Digit4", "right_much": "Digit5"}
VERDICT_KEYS["both_bad"] = "Digit0"
RATING_KEYS = {"left": "QWERTYUIOP", "same": "ASDFGHJKL", "right": "ZXCVBNM"}
TAKEN = set("IJKLMOPU")  # keys of the page itself


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
    """`condition`: asked only when it holds."""

    name: str
    label: Promise | str
    question: Promise | str
    required: bool
    choices: list[Choice]
    error: str
    kind: str = COMPARATIVE
    condition: Condition | None = None

    @property
    def always_required(self) -> bool:
        """What the browser may insist on before sending: it doesn't know conditions."""
        return self.required and self.condition is None


def rating_key(row: str, column: int) -> str:
    """The code of the key for the criterion in this column; empty when there is none left."""
    letters = RATING_KEYS[row]
    free = column < len(letters) and letters[column] not in TAKEN
    return f"Key{letters[column]}" if free else ""


def make_question(
    field: BoundField,
    label: Promise | str,
    words: Mapping[str, Promise | str],
    keys: Mapping[str, str],
    *,
    question: Promise | str = "",
    required: bool = True,
    kind: str = COMPARATIVE,
    condition: Condition | None = None,
) -> Question:
    chosen = str(field.value() or "")
    return Question(
        name=field.name,
        label=label,
        question=question,
        required=required,
        choices=[Choice(value, word, keys.get(value, ""), value == chosen) for value, word in words.items()],
        error=" ".join(str(error) for error in field.errors),
        kind=kind,
        condition=condition,
    )
