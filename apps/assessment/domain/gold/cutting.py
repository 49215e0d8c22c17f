"""An answer that stops in the middle."""

import random


def cut_short(text: str, language: str, chance: random.Random) -> str | None:
    """The first 35 to 55 per cent of the words, ending inside a sentence; None below twelve words."""
    words = text.split(" ")
    if len(words) < 12:
        return None
    kept = " ".join(words[: round(len(words) * chance.uniform(0.35, 0.55))])
    return kept.rstrip(" .!?…\n")
