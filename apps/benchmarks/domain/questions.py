"""Questions of a benchmark on their way into a bucket, whatever file they come from."""

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Malformed(Exception):
    """A row that can't be used; says what is wrong and what to do. It is counted, named and left out."""

    def __init__(self, message: str, place: int = 0, key: str = "") -> None:
        super().__init__(message)
        self.place, self.key = place, key

    def at(self, place: int, key: str = "") -> "Malformed":
        return Malformed(str(self), place, key)


@dataclass(frozen=True)
class Question:
    """`images` are names that the picture store gave or knows. The rest is as in `items.Item`."""

    key: str
    text: str
    references: Sequence[str]
    images: Sequence[str] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    category: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    language: str = "en"
    alt: str = ""

    def prompt(self, template: str) -> str:
        """`template` with {question} and {options} filled in; options one a line, `A. text`."""
        options = "\n".join(f"{letter}. {text}" for letter, text in self.choices.items())
        filled = template.replace("{options}", options) if "{options}" in template else template
        return "\n".join(line for line in filled.replace("{question}", self.text).split("\n") if line.strip()).strip()


def text_of(value: object) -> str:
    """As written; 3.0 of a column that holds whole numbers as 3."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_texts(value: object) -> list[str]:
    """A list's texts, or one text; “[1, 2]” is one."""
    if isinstance(value, Mapping):
        return [text_of(value.get("answer"))]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [text_of(each.get("answer")) if isinstance(each, Mapping) else text_of(each) for each in value]
    return [text_of(value)]


def texts_of(value: object) -> list[str]:
    """As `as_texts`, or a list in its written form ("['a', 'b']"). Nothing is run: JSON or a Python literal."""
    if not isinstance(value, str) or not value.startswith("["):
        return as_texts(value)
    text = value
    for read in (json.loads, ast.literal_eval):
        try:
            parsed = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(parsed, list):
            return [text_of(each) for each in parsed]
    return [text]
