"""What a file says beside its texts, by the names it uses, and what each name most likely means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from apps.assessment.domain.elsewhere import CannotImport, Pair, Told, Wrong, gettext_noop, meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS, POINTS, FAULTS, OTHER = "words", "points", "faults", "other"
VERDICT, LEFT_OUT, OWN = "verdict", "left_out", "own"
MOST_NAMES, MOST_CRITERIA, MOST_LETTERS = 100, 12, 60
SHIPPED = {
    "grammar": ("grammar", "grammaticality"),
    "readability": ("readability", "readable"),
    "comprehensiveness": ("comprehensiveness", "completeness", "coverage"),
    "relevance": ("relevance", "relevancy"),
    "errors": ("errors", "error", "mistakes", "error_spans", "factual_errors"),
    "hallucinations": ("hallucinations", "hallucination", "hallucinated"),
}
MEANT = {word: key for key, words in SHIPPED.items() for word in words}
# Names that mean the whole answer, the surest first.
LIKELY = ["verdict", "winner", "overall", "overall_preference", "preference", "pref", "better", "pairwise", "pw"]
LIKELY += ["score", "mean_of_sliders"]


@dataclass(frozen=True)
class Found:
    """One name of the file: how it speaks, how many judgments do, the least and the greatest of its numbers, and
    whether all of them are whole."""

    name: str
    kind: str
    judgments: int
    low: float = 0
    high: float = 0
    whole: bool = True

    @property
    def is_numbers(self) -> bool:
        return self.kind in (POINTS, FAULTS)


@dataclass(frozen=True)
class Becomes:
    """`what`: VERDICT, LEFT_OUT, OWN (a criterion of the file's own name) or a key of SHIPPED."""

    what: str
    faults: bool = False


def find(told: Sequence[Told]) -> list[Found]:
    """Every name, in the order met. Raises CannotImport for more names, or longer ones, than a page can show."""
    by_name: dict[str, list[str | Pair]] = {}
    for item in told:
        for name, value in item.said.items():
            by_name.setdefault(name, []).append(value)
        if len(by_name) > MOST_NAMES:
            why = gettext_noop(
                "says more than %(most)s different things of the answers. Remove the columns not needed."
            )
            raise CannotImport([Wrong(0, "file", why, {"most": MOST_NAMES})])
    for name in by_name:
        if len(name) > MOST_LETTERS or not name.isprintable():
            why = gettext_noop("is no name for a criterion. Use at most %(most)s letters, and no control characters.")
            raise CannotImport([Wrong(0, name[:MOST_LETTERS], why, {"most": MOST_LETTERS})])
    return [_found(name, values) for name, values in by_name.items()]


def _found(name: str, values: list[str | Pair]) -> Found:
    pairs = [value for value in values if isinstance(value, Pair)]
    words = sum(isinstance(value, str) and meaning(value) is not None for value in values)
    if 2 * len(pairs) > len(values):
        numbers = [number for pair in pairs for number in (pair.a, pair.b) if number is not None and isfinite(number)]
        whole = all(float(number).is_integer() for number in numbers)
        return Found(name, FAULTS if pairs[0].faults else POINTS, len(values), min(numbers), max(numbers), whole)
    return Found(name, WORDS if 2 * words >= len(values) else OTHER, len(values))


def plain(name: str) -> str:
    return re.sub(r"\W+", "_", name.casefold()).strip("_")


def suggested(found: Sequence[Found]) -> dict[str, Becomes]:
    """By name: the verdict where it is clear which one it is, the platform's criteria, others under their own name."""
    verdict = _verdict(found)
    taken: set[str] = set()
    becomes = {}
    for item in found:
        what = _meant(item)
        silent = item.kind == FAULTS and not item.high  # nobody was asked to look for any
        if item.name == verdict:
            what = VERDICT
        elif item.kind == OTHER or silent or what == LEFT_OUT or what in taken or len(taken) == MOST_CRITERIA:
            what = LEFT_OUT
        else:
            taken.add(what if what != OWN else item.name)
        counted = item.kind == FAULTS or (what in ("errors", "hallucinations") and item.kind == POINTS and not item.low)
        becomes[item.name] = Becomes(what, counted)
    return becomes


def _meant(item: Found) -> str:
    name = plain(item.name)
    if item.kind == FAULTS:
        return "hallucinations" if "hallucinat" in name else MEANT.get(name, LEFT_OUT)
    return MEANT.get(name, OWN)


def _verdict(found: Sequence[Found]) -> str | None:
    usable = {plain(item.name): item.name for item in reversed(found) if item.kind in (WORDS, POINTS)}
    likely = next((usable[name] for name in LIKELY if name in usable), None)
    words = [item.name for item in found if item.kind == WORDS]
    numbers = [item.name for item in found if item.kind == POINTS]
    only = words if words else numbers
    return likely or (only[0] if len(only) == 1 else None)
