"""The letter that an answer to a multiple-choice question chooses, by the rules of several benchmarks."""

import re
from collections.abc import Mapping, Sequence

Choices = Mapping[str, str]
_MARKS = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_REFUSED = (
    "Sorry, I can't help with images of people yet.",
    "I can't process this file.",
    "I'm sorry, but without the image provided",
    "Cannot determine the answer",
)
NO_CHOICE = "Z"
_ANSWER_IS = re.compile(r"answer\s+is\s+([A-Za-z])\b(?!')", re.IGNORECASE)


def infer(text: str, choices: Choices) -> str | None:
    """VLMEvalKit's `can_infer` at e8e78f0 (Apache-2.0), no language model: a letter, Z for a refusal, or None."""
    if "Failed to obtain answer via API" in text:
        return None
    return _infer_letter(text, choices) or _infer_text(text.lower(), choices)


def _infer_letter(text: str, choices: Choices) -> str | None:
    """One letter alone, among the last four words; or what stands after “answer is”."""
    if any(refusal in text for refusal in _REFUSED):
        return NO_CHOICE
    words = text.translate(_MARKS).split()
    found = [letter for letter in choices if letter in words]
    if len(found) == 1 and words.index(found[0]) > len(words) - 5:
        return found[0]
    if not found and NO_CHOICE in words:
        return NO_CHOICE
    said = _ANSWER_IS.search(text.translate(_MARKS))
    return said[1].upper() if said and said[1].upper() in choices else None


def _infer_text(said: str, choices: Choices) -> str | None:
    """The only choice whose text is in a short answer."""
    if len(said) > 2 * sum(len(text) for text in choices.values()):
        return None
    found = [letter for letter, text in choices.items() if text.lower() in said]
    return found[0] if len(found) == 1 else None


_SAYS = r"(?:answer|option|choice)\b(?:\s+is)?\W*"
_JOINED = r"(?:\s*[,/&]\s*|\s+(?:and|or|nor)\s+)"
_OTHER = rf"\)?{_JOINED}\(?[A-Z](?!\w|\s+[a-z])"  # “B or C” chooses none
_LEADING = re.compile(
    rf"^\W*(?:(?:the\s+)?(?:correct\s+)?{_SAYS})?((?-i:[B-HJ-Zb-hj-z]|[AIai](?![ \t]+\w)))(?:\W|$)", re.IGNORECASE
)
_STATED = re.compile(rf"{_SAYS}((?-i:[A-Zb-hj-z]|[ai](?!\s+\w)))\b(?!')(?!(?-i:{_OTHER}))", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([A-Z])\)")
_ALONE = re.compile(
    rf"(?<![\w'])([B-HJ-Z]|A(?=\)|{_JOINED}[A-Z]\b)|(?:(?<=or )|(?<=and )|(?<=, )|(?<=[,/&]))A(?!\s+[a-z]))(?![\w'])"
)


def plain_letter(text: str, choices: Choices) -> str | None:
    """What a reader would take as the choice: a letter said at the start, after “answer”, in brackets or alone; else
    the only choice whose text is said. None where two are as good."""
    text = text.strip()
    exact = [letter for letter, words in choices.items() if words.casefold() == text.strip(" .").casefold()]
    if len(exact) == 1:
        return exact[0]
    for letter in _said_letters(text):
        if letter in choices:
            return letter
    found = [letter for letter, words in choices.items() if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.I)]
    return found[0] if len(found) == 1 else None


def _said_letters(text: str) -> list[str]:
    """The candidates in the order of trust. “A” and “I” start a sentence as words too, so they need a mark behind
    them; a small “a” before a word is an article."""
    letters = [found.upper() for found in _STATED.findall(text)[-1:]]
    lead = _LEADING.match(text)
    if lead and not re.match(_OTHER, text[lead.end(1) :]):
        letters.append(lead[1].upper())
    for rule in (_BRACKETED, _ALONE):
        alone = set(rule.findall(text))
        letters += alone if len(alone) == 1 else ()
    return letters


def last_of(positions: Sequence[int], candidates: Sequence[str]) -> str:
    """The candidate at the largest position, the first of equals, as numpy's argmax."""
    return candidates[max(range(len(candidates)), key=lambda number: positions[number])]
