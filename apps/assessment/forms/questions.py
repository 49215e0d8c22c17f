"""What the judging page asks, ready to be laid out: a question with its choices and their keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.functional import Promise

from apps.assessment.domain.criteria import COMPARATIVE, Condition

VERDICT_KEYS = {"left_much": "Digit1", "left": "Digit2", "tie": "Digit3", "right": "Digit4", "right_much": "Digit5"}
VERDICT_KEYS["both_bad"] = "Digit0"
RATING_KEYS = {"left": "QWERTY", "same": "ASDFGH", "right": "ZXCVBN"}  # a column each; other letters are the page's own
COLUMNS, FOR_MARKS = 6, 2
CAPS = {"Semicolon": ";", "Quote": "'", "Comma": ",", "Period": ".", "Slash": "/", "Minus": "-", "Equal": "="}
CAPS |= {"Backslash": "\\", "Backquote": "`"}
SINGLE_KEYS = [*CAPS]


@dataclass(frozen=True)
class Choice:
    """One radio button; `key` is the code of its physical key, `cap` what is printed on it."""

    value: str
    label: Promise | str
    key: str
    checked: bool

    @property
    def cap(self) -> str:
        return cap_of(self.key)


@dataclass(frozen=True)
class Question:
    """`condition`: asked only when it holds. `key` leads to the question, where a digit chooses; both scales of a
    criterion share theirs, and it goes from one to the other."""

    name: str
    label: Promise | str
    question: Promise | str
    required: bool
    choices: list[Choice]
    error: str
    kind: str = COMPARATIVE
    condition: Condition | None = None
    key: str = ""

    @property
    def cap(self) -> str:
        return cap_of(self.key)

    @property
    def always_required(self) -> bool:
        """What the browser may insist on before sending: it doesn't know conditions."""
        return self.required and self.condition is None


def cap_of(code: str) -> str:
    """What is printed on the key of this code."""
    return CAPS.get(code, code.removeprefix("Digit").removeprefix("Key"))


def rating_key(row: str, column: int) -> str:
    """The code of the key for the criterion in this column."""
    return f"Key{RATING_KEYS[row][column]}"


def hand_out_keys(kinds: Sequence[str], *, with_marks: bool) -> list[int | str]:
    """For each criterion that is no mark, of these kinds: its column of letters, or one key that leads to it."""
    room = range(COLUMNS - FOR_MARKS * with_marks)
    columns = iter(room)
    singles = iter([*SINGLE_KEYS, *(rating_key("left", column) for column in reversed(room))])  # enough for any 12
    given: list[int | str] = []
    for kind in kinds:
        column = next(columns, None) if kind == COMPARATIVE else None
        given.append(next(singles, "") if column is None else column)
    return given


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
    key: str = "",
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
        key=key,
    )
