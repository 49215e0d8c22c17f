"""Do words that assessors read tell the pipelines apart?"""

import re
from collections.abc import Iterable

WORD = re.compile(r"\w+")
PLAIN = {
    "pipeline",
    "baseline",
    "candidate",
    "model",
    "the",
    "and",
    "with",
    "for",
    "from",
    "new",
    "old",
    "demo",
    "test",
}
PLAIN |= {"пайплайн", "модель", "база", "для", "или", "над", "новый", "старый", "демо", "тест"}


def words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def shared_words(text: str, secrets: Iterable[str]) -> list[str]:
    """Telling words (three letters or more, or with a digit) that the text shares with any of the secret names."""
    telling = {word for secret in secrets for word in words(secret) if len(word) > 2 or not word.isalpha()}
    found = (telling - PLAIN) & set(words(text))
    return sorted(found)


def named_in(text: str, secrets: Iterable[str]) -> list[str]:
    """The secret names that stand in the text whole, whatever the case and punctuation."""
    said = f" {' '.join(words(text))} "
    return [secret for secret in secrets if words(secret) and f" {' '.join(words(secret))} " in said]
