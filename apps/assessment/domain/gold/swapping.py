"""False content in the same form: another object, number, colour or inscription."""

import random
import re
import string
from collections.abc import Mapping

from apps.assessment.domain.gold.words import COLOURS, COUNTS, OBJECTS, RUSSIAN_COLOURS, RUSSIAN_HARD

WORD = re.compile(r"[^\W\d_]+")
NUMBER = re.compile(r"(?<![\w.,:/-])\d{1,4}(?![\w,:/-]|\.\d)")
QUOTED = re.compile(r'["“«]([^"”»\n]{2,60})["”»]')
CAPITALS = re.compile(r"\b(?:[A-Z]{3,}|[А-ЯЁ]{3,})\b")
LETTERS = {"en": string.ascii_lowercase, "ru": "абвгдежзиклмнопрстуфхцчшэюя"}


def swap_object(text: str, language: str, chance: random.Random) -> str | None:
    return swap_words(text, OBJECTS.get(language, {}), chance)


def swap_colour(text: str, language: str, chance: random.Random) -> str | None:
    if language == "ru":
        return swap_russian_colour(text, chance)
    return swap_words(text, COLOURS.get(language, {}), chance)


def change_count(text: str, language: str, chance: random.Random) -> str | None:
    """A number written in digits or as a word, changed; list numbers at the start of a line are left alone."""
    numbers = [match for match in NUMBER.finditer(text) if not at_line_start(text, match.start())]
    if numbers:
        chosen = chance.choice(numbers)
        return text[: chosen.start()] + other_number(chosen[0], chance) + text[chosen.end() :]
    return swap_words(text, COUNTS.get(language, {}), chance)


def at_line_start(text: str, position: int) -> bool:
    return not text[text.rfind("\n", 0, position) + 1 : position].strip()


def other_number(digits: str, chance: random.Random) -> str:
    value = int(digits)
    return str(value + chance.choice([1, 2, 3]) * chance.choice([1, -1] if value > 3 else [1]))


def change_text(text: str, language: str, chance: random.Random) -> str | None:
    """An inscription in quotation marks or capitals with a third of its letters changed, two at least."""
    found = [match.span(1) for match in QUOTED.finditer(text)] or [match.span() for match in CAPITALS.finditer(text)]
    if not found:
        return None
    start, end = chance.choice(found)
    return text[:start] + misread(text[start:end], chance) + text[end:]


def misread(inscription: str, chance: random.Random) -> str:
    places = [place for place, letter in enumerate(inscription) if letter.isalnum()]
    letters = list(inscription)
    for place in chance.sample(places, min(len(places), max(2, len(places) // 3))):
        letters[place] = other_letter(letters[place], chance)
    return "".join(letters)


def other_letter(letter: str, chance: random.Random) -> str:
    if letter.isdigit():
        return chance.choice(string.digits.replace(letter, ""))
    alphabet = LETTERS["ru"] if re.match(r"[а-яё]", letter.lower()) else LETTERS["en"]
    other = chance.choice(alphabet.replace(letter.lower(), ""))
    return other.upper() if letter.isupper() else other


def swap_words(text: str, others: Mapping[str, tuple[str, ...]], chance: random.Random) -> str | None:
    """Every occurrence of one drawn word becomes the same other word, so that the answer stays at one with itself."""
    known = sorted({word for word in map(str.lower, WORD.findall(text)) if word in others})
    if not known:
        return None
    word = chance.choice(known)
    other = chance.choice(others[word])
    return WORD.sub(lambda match: in_case_of(match[0], other) if match[0].lower() == word else match[0], text)


def in_case_of(model: str, word: str) -> str:
    return word.capitalize() if model[0].isupper() else word


def swap_russian_colour(text: str, chance: random.Random) -> str | None:
    """A colour keeps its ending: красная becomes зелёная."""
    stems = sorted({match[1] for match in RUSSIAN_COLOURS.finditer(text.lower())})
    if not stems:
        return None
    stem = chance.choice(stems)
    other = chance.choice([name for name in RUSSIAN_HARD if name != stem.replace("ё", "е") and name != stem])

    def repaint(match: re.Match[str]) -> str:
        return in_case_of(match[0], other + match[2].lower()) if match[1].lower() == stem else match[0]

    return RUSSIAN_COLOURS.sub(repaint, text)
