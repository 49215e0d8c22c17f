"""Fields of a row as a question needs them. What is missing or impossible is refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import LETTERS, Malformed, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def need(row: Mapping[str, object], name: str) -> object:
    """The column's value. Raises Malformed where it is missing or empty."""
    value = row.get(name)
    if value is None or value == "" or value != value:
        raise Malformed(gettext("It has no `%(name)s`. Fill it in, or correct its name.") % {"name": name})
    return value


def lettered(options: Sequence[str]) -> dict[str, str]:
    if len(options) > len(LETTERS):
        words = gettext("It has %(found)d choices; at most %(most)d can be lettered. Leave the others out.")
        raise Malformed(words % {"found": len(options), "most": len(LETTERS)})
    return dict(zip(LETTERS, options, strict=False))


def right_letter(answer: object, choices: Mapping[str, str], given: str = "letter") -> str:
    """The answer is `given` as a letter, an index from 0, or the text of a choice: a “2” may be any of these, so it is
    not guessed. Raises Malformed when it is no such choice, or its text that of two.
    """
    said = text_of(answer).strip()
    if given == "index":
        found = [list(choices)[int(said)]] if said.isdecimal() and int(said) < len(choices) else []
    elif given == "text":
        found = [letter for letter, text in choices.items() if text.strip() == said]
    else:
        found = [said.upper()] if said.upper() in choices else []
    if len(found) != 1:
        words = gettext("Its answer “%(answer)s” is none of its choices, by %(given)s. Correct it or the choices.")
        raise Malformed(words % {"answer": said[:40], "given": given})
    return found[0]
