"""How MMMU's and MMMU-Pro's official code reads answers.

Source: MMMU-Benchmark/MMMU, mmmu/utils/eval_utils.py at bb0b95a and mmmu-pro/evaluate.py (Apache-2.0). Letters count
only in brackets or between spaces: “B)”, “**B**” and “B: Paris” are not understood.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from apps.benchmarks.domain.letters import last_of

Value = str | float
_ENDS = (",", ".", "!", "?", ";", ":", "'")


def padded(text: str) -> str:
    for mark in _ENDS:
        text = text.strip(mark)
    return f" {text} "


def choice(text: str, choices: Mapping[str, str]) -> str | None:
    """MMMU: (X), then X between spaces, then the text of a choice in more than five words; the last one said."""
    said = padded(text)
    for shape in ("({})".format, " {} ".format):
        if found := [letter for letter in choices if shape(letter) in said]:
            return _last(found, lambda letter, shape=shape: said.rfind(shape(letter)))  # type: ignore[misc]
    return _by_text(said, choices)


def pro_choice(text: str, choices: Mapping[str, str]) -> str | None:
    """MMMU-Pro: what follows the last “Answer:”, then (X), “X ”, “X.”, then the text of a choice."""
    if "Answer:" in text:
        tail = text[text.rfind("Answer:") + len("Answer:") :].strip()
        named = [letter for letter in choices if letter in tail]
        if len(named) == 1:
            return named[0]
    said = padded(text)
    if found := [letter for letter in choices if f"({letter})" in said]:
        return _last(found, lambda letter: said.rfind(f"({letter})"))
    for shape in ("{} ".format, "{}.".format):
        if found := [letter for letter in choices if shape(letter) in said]:
            return _last(found, lambda letter: said.rfind(f" {letter} "))
    return _by_text(said, choices)


def _last(found: Sequence[str], place: Callable[[str], int]) -> str:
    return last_of([place(letter) for letter in found], found)


def _by_text(said: str, choices: Mapping[str, str]) -> str | None:
    lowered = said.lower()
    if len(said.split()) <= 5:
        return None
    found = [letter for letter, text in choices.items() if text.lower() in lowered]
    return _last(found, lambda letter: lowered.rfind(choices[letter].lower())) if found else None


_SENTENCES = re.compile(r"\.\s(?=[A-Z])|\n")
_KEYS = ("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ")
_TRIVIAL = {":", ",", ".", "!", "?", ";", "'"}
_NUMBERS = (
    re.compile(r"-?\b\d{1,3}(?:,\d{3})+\b"),
    re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+"),
    re.compile(r"-?(?:\d+\.\d+|\.\d+|\d+\b)(?![eE][+-]?\d+)(?![,\d])"),
)


def key_parts(text: str) -> list[str]:
    """The shortest tail after an indicator in each sentence; the whole answer when there is none."""
    whole = text.strip().strip(".").lower()
    sentences = _SENTENCES.split(whole)
    parts = []
    for number, sentence in enumerate(sentences):
        keys = (*_KEYS, "=") if number == len(sentences) - 1 else _KEYS
        tail = _shortest_tail(sentence, keys)
        if tail and tail not in _TRIVIAL:
            parts.append(tail)
    return parts or [whole]


def _shortest_tail(sentence: str, keys: Sequence[str]) -> str:
    """An empty tail gives way to any later one, as in the official loop."""
    shortest = ""
    for key in keys:
        if key in sentence:
            tail = sentence.split(key)[-1].strip()
            if not shortest or len(tail) < len(shortest):
                shortest = tail
    return shortest


def normalised(text: str) -> list[Value]:
    """A number with two decimals, or lower-case text; one character gets a space on either side."""
    text = text.strip()
    try:
        return [round(float(text.replace(",", "")), 2)]
    except (ValueError, OverflowError):
        text = text.lower()
    return [f" {text}", f"{text} "] if len(text) == 1 else [text]


def open_values(text: str) -> list[Value]:
    """Texts and numbers that an open answer may mean, without repeats."""
    parts = key_parts(text)
    numbers = [found for part in parts for rule in _NUMBERS for found in rule.findall(part)]
    return list(dict.fromkeys(value for part in (*parts, *numbers) for value in normalised(part)))


def is_open_right(values: Sequence[Value], truths: Sequence[str]) -> bool:
    """A truth contained in a text, or equal to a number."""
    wanted = [value for truth in truths for value in normalised(truth)]
    texts = [value for value in wanted if isinstance(value, str)]
    return any(any(text in value for text in texts) if isinstance(value, str) else value in wanted for value in values)
