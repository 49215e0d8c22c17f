"""Choose a kind of damage that fits the answer, and do it. Pure: the same seed damages the same way."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.assessment.domain.gold.cutting import cut_short
from apps.assessment.domain.gold.grammar import break_grammar
from apps.assessment.domain.gold.swapping import change_count, change_text, swap_colour, swap_object

SHORTEST = 20  # letters: below, damage inside would not be plain to see, or nothing would be left
WORDS = re.compile(r"\w+")
Damage = Callable[[str, str, random.Random], str | None]
KINDS: dict[str, Damage] = {
    "object": swap_object,
    "count": change_count,
    "colour": swap_colour,
    "text": change_text,
    "cut": cut_short,
    "grammar": break_grammar,
}
CRITERION = {"object": "hallucinations", "count": "hallucinations", "colour": "hallucinations"}
CRITERION |= {"text": "hallucinations", "cut": "comprehensiveness", "grammar": "grammar", "foreign": "relevance"}


@dataclass(frozen=True)
class Damaged:
    """`text` is worse than the answer it was made of, at `criterion`."""

    kind: str
    criterion: str
    text: str


def damage(
    answer: str, *, language: str, others: Sequence[str], seed: str, references: Sequence[str] = ()
) -> Damaged | None:
    """The answer made worse in one way, drawn from those that fit it; None when none does.

    `others` are answers to other tasks in the same language, for the kind `foreign`. Only English and Russian are
    damaged inside; in other languages an answer can be cut short or replaced. A short answer is replaced, if
    `references` say that it is right and the other is not; and no answer is damaged into what they say.
    """
    chance = random.Random(f"gold/{seed}")  # noqa: S311 (reproducible, not a secret)
    if len(answer) < SHORTEST:
        wrong = sorted(text for text in others if 0 < len(words(text)) < SHORTEST and not said_in(text, references))
        return Damaged("foreign", "errors", chance.choice(wrong)) if wrong and said_in(answer, references) else None
    kinds = [*KINDS, "foreign"]
    chance.shuffle(kinds)
    for kind in kinds:
        text = foreign(answer, others, chance) if kind == "foreign" else KINDS[kind](answer, language[:2], chance)
        if text and text.strip() != answer.strip() and not mended(answer, text, references):
            return Damaged(kind, CRITERION[kind], text)
    return None


def said_in(answer: str, references: Sequence[str]) -> bool:
    """Is it one of them, but for case and punctuation?"""
    return words(answer) in map(words, references)


def mended(answer: str, damaged: str, references: Sequence[str]) -> bool:
    """Does the damaged answer hold a reference that the answer itself does not?"""
    before, after = f" {words(answer)} ", f" {words(damaged)} "
    return any(f" {words(text)} " in after and f" {words(text)} " not in before for text in references)


def words(text: str) -> str:
    return " ".join(WORDS.findall(text.casefold()))


def foreign(answer: str, others: Sequence[str], chance: random.Random) -> str | None:
    """Another task's answer that shares less than half of its words with this one."""
    mine = set(answer.casefold().split())
    apart = [text for text in others if len(text) >= SHORTEST and overlap(mine, text) < 0.5]
    return chance.choice(apart) if apart else None


def overlap(mine: set[str], other: str) -> float:
    theirs = set(other.casefold().split())
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))
