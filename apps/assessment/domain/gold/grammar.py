"""Mistakes of grammar that nobody who reads overlooks."""

import random
import re

LEAST = 3  # mistakes: fewer might pass for a slip
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        (r"\bis\b", "are"),
        (r"\bare\b", "is"),
        (r"\bhas\b", "have"),
        (r"\bwas\b", "were"),
        (r"\bwere\b", "was"),
        (r"\bthe (?=\w)", "a the "),
        (r"\bof the\b", "from of"),
        (r"\bthere is\b", "it have"),
        (r"\bin the\b", "on in"),
        (r"\b(\w+)ing\b", r"\1ed"),
        (r"\b(\w{3,})s\b(?=\s\w)", r"\1es"),
        (r"\ba (?=\w)", "an a "),
    ),
    "ru": (
        (r"\b(\w{3,})ая\b", r"\1ый"),
        (r"\b(\w{3,})ый\b", r"\1ая"),
        (r"\b(\w{3,})ое\b", r"\1ая"),
        (r"\b(\w{3,})ые\b", r"\1ое"),
        (r"\b(\w{2,})ет\b", r"\1ют"),
        (r"\b(\w{2,})ит\b", r"\1ят"),
        (r"\b(\w{2,})ят\b", r"\1ит"),
        (r"\b(\w{2,})ют\b", r"\1ет"),
        (r"\bна (?=\w)", "в на "),
        (r"\bв (?=\w)", "на в "),
        (r"\b(\w{3,})ого\b", r"\1ому"),
        (r"\bс (?=\w)", "без с "),
    ),
}


def break_grammar(text: str, language: str, chance: random.Random) -> str | None:
    """As many of the mistakes as fit, `LEAST` at least, or None: agreement, endings, articles and prepositions."""
    places = [
        (match.start(), match.end(), match.expand(wrong))
        for pattern, wrong in WRONG.get(language, ())
        for match in re.finditer(pattern, text)
    ]
    chance.shuffle(places)
    chosen: list[tuple[int, int, str]] = []
    for start, end, wrong in places:
        if len(chosen) < max(LEAST, len(text) // 60) and all(end <= s or start >= e for s, e, _ in chosen):
            chosen.append((start, end, wrong))
    if len(chosen) < LEAST:
        return None
    for start, end, wrong in sorted(chosen, reverse=True):
        text = text[:start] + wrong + text[end:]
    return text
