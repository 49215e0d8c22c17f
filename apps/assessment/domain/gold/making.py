"""Choose a kind of damage that fits the answer, and do it. Pure: the same seed damages the same way."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from apps.assessment.domain.gold.cutting import cut_short
from apps.assessment.domain.gold.grammar import break_grammar
from apps.assessment.domain.gold.swapping import change_count, change_text, swap_colour, swap_object

SHORTEST = 20  # letters: below, damage would not be plain to see, or nothing would be left
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


def damage(answer: str, *, language: str, others: Sequence[str], seed: str) -> Damaged | None:
    """The answer made worse in one way, drawn from those that fit it; None when none does.

    `others` are answers to other tasks in the same language, for the kind `foreign`. Only English and Russian are
    damaged inside; in other languages an answer can be cut short or replaced.
    """
    if len(answer) < SHORTEST:
        return None
    chance = random.Random(f"gold/{seed}")  # noqa: S311 (reproducible, not a secret)
    kinds = [*KINDS, "foreign"]
    chance.shuffle(kinds)
    for kind in kinds:
        text = foreign(answer, others, chance) if kind == "foreign" else KINDS[kind](answer, language[:2], chance)
        if text and text.strip() != answer.strip():
            return Damaged(kind, CRITERION[kind], text)
    return None


def foreign(answer: str, others: Sequence[str], chance: random.Random) -> str | None:
    """Another task's answer that shares less than half of its words with this one."""
    mine = set(answer.casefold().split())
    apart = [text for text in others if len(text) >= SHORTEST and overlap(mine, text) < 0.5]
    return chance.choice(apart) if apart else None


def overlap(mine: set[str], other: str) -> float:
    theirs = set(other.casefold().split())
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))
