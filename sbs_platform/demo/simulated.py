"""Programs that judge the demo so that there is a report to look at. They read the page an assessor gets, nothing else,
and judge by surface: script, repetition, length, words shared with the instruction. Their accounts say `simulated`, and
so does every report that counts them. They can't check facts, so they always say that they saw nothing wrong.
"""

import random
import re
from dataclasses import dataclass

from sbs_platform.demo.visitor import Page

WORD = re.compile(r"\w+")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
LATIN = re.compile(r"[a-z]", re.IGNORECASE)
CRITERIA = {
    "grammar": "variety",
    "readability": "variety",
    "comprehensiveness": "length",
    "relevance": "overlap",
}
FAULTS = {"faults_1": "none", "faults_2": "none"}


@dataclass(frozen=True)
class Surface:
    """What a program can see of an answer, each between 0 and 1."""

    script: float
    variety: float
    length: float
    overlap: float

    @property
    def total(self) -> float:
        return 0.35 * self.script + 0.25 * self.variety + 0.15 * self.length + 0.25 * self.overlap


def surface(answer: str, instruction: str) -> Surface:
    words, asked = WORD.findall(answer.lower()), set(WORD.findall(instruction.lower()))
    if not words:
        return Surface(0, 0, 0, 0)
    own, other = (CYRILLIC, LATIN) if CYRILLIC.search(instruction) else (LATIN, CYRILLIC)
    right, wrong = len(own.findall(answer)), len(other.findall(answer))
    return Surface(
        script=right / (right + wrong) if right + wrong else 0.5,
        variety=len(set(words)) / len(words),
        length=min(len(words), 40) / 40,
        overlap=len(asked & set(words)) / len(asked) if asked else 0,
    )


def judge(page: Page, *, assessor: int) -> dict[str, str]:
    """The form values for one comparison. `assessor` seeds a lean and noise, so programs disagree as people do."""
    chance = random.Random(f"{assessor}/{page.parts['instruction']}")  # noqa: S311 (not a secret)
    lean = random.Random(assessor).gauss(0, 0.015)  # noqa: S311
    first, second = (surface(page.parts[part], page.parts["instruction"]) for part in ("answer-1", "answer-2"))
    difference = first.total - second.total + lean + chance.gauss(0, 0.08)
    return {"verdict": verdict(difference, max(first.total, second.total)), **ratings(first, second), **FAULTS}


def verdict(difference: float, best: float) -> str:
    if best < 0.3:
        return "both_bad"
    if abs(difference) < 0.05:
        return "tie"
    side = "left" if difference > 0 else "right"
    return f"{side}_much" if abs(difference) > 0.3 else side


def ratings(first: Surface, second: Surface) -> dict[str, str]:
    return {key: rating(first, second, trait) for key, trait in CRITERIA.items()}


def rating(first: Surface, second: Surface, trait: str) -> str:
    difference = getattr(first, trait) - getattr(second, trait)
    if abs(difference) < 0.1:
        return "same"
    return "left" if difference > 0 else "right"
