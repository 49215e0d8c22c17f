"""MathVista by rules: what an answer says is brought to the form of its question and must equal the truth.

Source: lupantech/MathVista, evaluation/extract_answer.py and calculate_score.py, as ported to lmms-eval (Apache-2.0).
The official extraction asks a language model where the quick rule (The answer is "…".) finds nothing; here the answer
as it is takes its place. Multiple choice: a letter in brackets, or alone, or else the choice at the least Levenshtein
distance, so that any text, even none, chooses one. Numbers: int(float()), or rounded to `precision`. “[1,2]” misses
“[1, 2]”. The strict sibling takes no nearest choice, finds the last number of a sentence, and compares lists by their
values.
"""

import math
import random
import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import Levenshtein

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.letters import plain_letter
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_references

_QUICK = re.compile(r'The answer is "(.*)"\.')
_BRACKETED = re.compile(r"\(([a-zA-Z])\)")
_NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:[eE][+-]?\d+)?|-?\.\d+")


def refusal(item: Item) -> str | None:
    if item.fact("question_type") == "multi_choice" or item.choices:
        if set(truths(item)) & set(item.choices.values()):
            return None
        return gettext("Its reference is none of its `choices`. Give the text of one, or its letter.")
    if item.fact("answer_type") == "float" and not item.fact("precision").removesuffix(".0").isdecimal():
        return gettext("It lacks `precision`, the decimals of its answer. Give a whole number.")
    return has_references(item)


def extract(text: str) -> str:
    quick = _QUICK.search(text)
    return quick[1] if quick else text


def parse(item: Item, text: str) -> str | None:
    said = extract(text)
    if item.fact("question_type") == "multi_choice" or item.choices:
        return _choice(item, said.strip())
    return _normal_form(item, said)


def _choice(item: Item, said: str) -> str | None:
    if not said:
        return None  # then `nearest` is taken
    letter = _BRACKETED.search(said)
    said = letter[1].upper() if letter else said
    if said in item.choices:
        return item.choices[said]
    return nearest(item, said)


def nearest(item: Item, said: str) -> str:
    """The choice at the least Levenshtein distance, the first of equals."""
    return min(item.choices.values(), key=lambda text: Levenshtein.distance(said, text))


def guess(item: Item, chance: random.Random) -> str | None:
    """An empty answer is nearest to the shortest choice; of numbers and words there is no guess."""
    return nearest(item, "") if item.choices else None


def _normal_form(item: Item, said: str) -> str | None:
    kind = item.fact("answer_type")
    try:
        if kind == "integer":
            return str(int(float(said)))
        if kind == "float":
            return str(round(float(said), int(float(item.fact("precision") or 0))))
    except (ValueError, OverflowError):
        return None
    return said or None


def parse_strict(item: Item, text: str) -> str | None:
    said = extract(text).strip()
    if item.choices:
        letter = plain_letter(said, item.choices)
        return item.choices[letter] if letter else None
    if item.fact("answer_type") in {"integer", "float"}:
        numbers = _NUMBER.findall(said)
        return _normal_form(item, numbers[-1].replace(",", "")) if numbers else None
    return said.replace(" ", "") if item.fact("answer_type") == "list" else said.casefold() or None


def truths(item: Item) -> list[str]:
    """References as texts of choices; a letter stands for its text."""
    return [item.choices.get(reference, reference) for reference in item.references]


def score(item: Item, parsed: str) -> float:
    return float(parsed in truths(item))


def score_strict(item: Item, parsed: str) -> float:
    wanted = {parse_strict(item, truth) for truth in truths(item)}
    return float(parsed in wanted or _close(parsed, truths(item)))


def _close(parsed: str, wanted: list[str]) -> bool:
    try:
        return any(math.isclose(float(parsed), float(truth)) for truth in wanted)
    except ValueError:
        return False


FIELDS = {
    "references": "the right text, or the letter of a choice",
    "choices": "the texts, for multi_choice",
    "question_type": "multi_choice or free_form",
    "answer_type": "text, integer, float or list",
    "precision": "decimals of a float",
}
_BY = ("category", "task", "question_type", "answer_type")
PROTOCOLS = [
    Protocol("mathvista@1", _("MathVista, by rules"), parse, score, refusal, guess, by=_BY, fields=FIELDS),
    Protocol("mathvista_strict@1", _("MathVista, no nearest choice"), parse_strict, score_strict, refusal,
             by=_BY, fields=FIELDS),
]  # fmt: skip
