"""What a model judge replied, read as hostile text: a form as an assessor's, or nothing. Nothing is guessed.

A reply is lines of `name: choice` or one JSON object; a reply that is a verdict alone counts as one. Two different
verdicts are none: a judge that quotes an answer must not be led by what the answer says.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from apps.assessment.domain.criteria import ABSOLUTE, MARKS
from apps.assessment.domain.marks import MarkInput
from apps.assessment.domain.verdicts import JudgmentInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apps.assessment.domain.criteria import CriterionSpec

LONGEST = 20_000  # characters that are read
SHORT = 40  # characters of a reply that is a verdict alone
THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL | re.IGNORECASE)
LINE = re.compile(r"^[ \t*#>\-\"'`]*([A-Za-z][A-Za-z0-9_]{0,59})[ \t*\"'`]*[:=][ \t]*(.{0,300})$", re.MULTILINE)
REASONED = re.compile(r"(1_much|2_much|both_bad|tie|same|1|2)\W{0,4}\s[-–—(].*", re.IGNORECASE)
EDGES = " \t\r\n\"'`*_.,;:!()[]{}"
VERDICTS = {
    **dict.fromkeys(("1_much", "1 much", "1 much better", "answer 1 is much better", "much better: 1"), "left_much"),
    **dict.fromkeys(("1", "answer 1", "1 better", "1 is better", "answer 1 is better", "first"), "left"),
    **dict.fromkeys(("tie", "same", "equal", "draw", "0"), "tie"),
    **dict.fromkeys(("2", "answer 2", "2 better", "2 is better", "answer 2 is better", "second"), "right"),
    **dict.fromkeys(("2_much", "2 much", "2 much better", "answer 2 is much better", "much better: 2"), "right_much"),
    **dict.fromkeys(("both_bad", "both bad", "both are bad"), "both_bad"),
}
RATINGS = {"left_much": "left", "left": "left", "tie": "same", "right": "right", "right_much": "right"}


def read_reply(text: str, criteria: Sequence[CriterionSpec]) -> JudgmentInput | None:
    """In terms of the order in which the answers were shown: answer 1 is left. None: no verdict, or more than one.

    Criteria that are missing or said otherwise than asked are left out.
    """
    plain = THOUGHT.sub("", text[:LONGEST])
    said = fields(plain)
    alone = [plain] if len(plain.strip()) <= SHORT else []
    verdicts = {verdict for choice in said.get("verdict", alone) if (verdict := verdict_of(choice))}
    if len(verdicts) != 1:
        return None
    once = {name: choices[0] for name, choices in said.items() if len({*map(normal, choices)}) == 1}
    ratings, scores = {}, {}
    for spec in criteria:
        choice = once.get(spec.key.lower(), "")
        if spec.kind == ABSOLUTE and (points := points_of(choice, spec.points)):
            scores[spec.key] = points
        elif spec.kind not in (ABSOLUTE, MARKS) and (rating := RATINGS.get(verdict_of(choice) or "")):
            ratings[spec.key] = rating
    marks, faults = wrongs(once, [kind for spec in criteria if spec.kind == MARKS for kind in spec.mark_kinds])
    return JudgmentInput(verdicts.pop(), ratings, scores=scores, marks=marks, faults=faults)


def fields(text: str) -> Mapping[str, list[str]]:
    """Everything that was said by name, in small letters; beside an object too, which may be quoted from an answer."""
    found: dict[str, list[str]] = {}
    start, end = text.find("{"), text.rfind("}")
    given = from_json(text[start : end + 1]) if 0 <= start < end else []
    beside = f"{text[:start]}\n{text[end + 1 :]}" if given else text
    for name, value in [*given, *LINE.findall(beside)]:
        found.setdefault(name.lower(), []).append(value)
    return found


def from_json(text: str) -> list[tuple[str, str]]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(read, dict):
        return []
    nested = [read, *(value for value in read.values() if isinstance(value, dict))]
    return [(name, flat(value)) for part in nested for name, value in part.items() if not isinstance(value, dict)]


def flat(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def normal(choice: str) -> str:
    return " ".join(choice.strip(EDGES).casefold().split())


def verdict_of(choice: str) -> str | None:
    """`choice` alone, or followed by a dash or a bracket and the reason."""
    reasoned = REASONED.fullmatch(choice.strip(EDGES))
    return VERDICTS.get(normal(reasoned[1] if reasoned else choice))


def points_of(choice: str, most: int) -> tuple[int, int] | None:
    found = re.fullmatch(r"\s*\[?(\d{1,3})\s*[,;/ ]\s*(\d{1,3})\]?\s*\.?\s*", choice)
    points = (int(found[1]), int(found[2])) if found else None
    return points if points and all(1 <= point <= most for point in points) else None


def wrongs(said: Mapping[str, str], kinds: Sequence[str]) -> tuple[tuple[MarkInput, ...], tuple[str, str]]:
    """A major mark of the whole answer for every kind named; an answer of which nothing known was said is not looked
    at."""
    marks: list[MarkInput] = []
    faults = ["", ""]
    for number in (1, 2):
        named = [normal(part) for part in re.split(r"[,;]", said.get(f"wrong_{number}", ""))]
        if not kinds or not set(named) <= {"none", *kinds} or ("none" in named and len(named) > 1):
            continue
        faults[number - 1] = "none" if named == ["none"] else "marked"
        marks += [MarkInput(number, kind, "major") for kind in dict.fromkeys(named) if kind != "none"]
    return tuple(marks), (faults[0], faults[1])
