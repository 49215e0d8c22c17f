"""Names that speak of one answer, such as `fluency_a` and `fluency_b`, are one thing said of both."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from apps.assessment.domain.elsewhere import Pair

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER = r"(?:answer|response|model|output|option|text|summary)"
SIDE = rf"(?:{ANSWER}[\s_-]*(?P<number>[ab12])|(?P<side>a|b|left|right))"
BEHIND = re.compile(rf"(?P<name>.*?\w)[\s_.:/-]+{SIDE}", re.IGNORECASE | re.DOTALL)
BEFORE = re.compile(rf"{SIDE}[\s_.:/-]+(?P<name>\w.*)", re.IGNORECASE | re.DOTALL)
ALONE = re.compile(rf"{SIDE}|(?P<digit>[12])", re.IGNORECASE)
LONGEST = 200  # letters; the patterns above take as long as a name squared
FIRST = {"a", "1", "left"}
TRUTH = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


def number_of(raw: object) -> float | None:
    """None for what is no finite number, or too large for one."""
    if isinstance(raw, str):
        raw = TRUTH.get(raw.strip().lower(), raw)
    if not isinstance(raw, (str, int, float)):
        return None
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


@lru_cache(maxsize=4096)
def side_of(name: str) -> tuple[str, bool] | None:
    """The name without its side, empty where it is nothing else; and whether it is the first answer's."""
    for pattern in (ALONE, BEHIND, BEFORE) if len(name) <= LONGEST else ():
        if found := pattern.fullmatch(name):
            parts = found.groupdict()
            side = next(part for part in (parts.get("digit"), parts["number"], parts["side"]) if part)
            return parts.get("name") or "", side.lower() in FIRST
    return None


def paired(leaves: Mapping[str, object], *, faults: bool = False) -> dict[str, str | Pair]:
    """Numbers of the two answers as one Pair; anything else as its text. Empty values are left out. Beside the number
    of one answer, what is none for the other is kept as NaN: a mistake that whoever uses it names.
    """
    given = {name: raw for name, raw in leaves.items() if raw is not None and raw != ""}
    sides = {name: side for name in given if (side := side_of(name)) and side[0]}
    numbers = {sides[name][0] for name in sides if number_of(given[name]) is not None}
    said: dict[str, str | Pair] = {}
    found: dict[str, dict[bool, float]] = {}
    for name, raw in given.items():
        thing, first = sides.get(name, ("", False))
        if thing in numbers:
            value = number_of(raw)
            found.setdefault(thing, {})[first] = math.nan if value is None else value
        else:
            said[name] = raw if isinstance(raw, str) else str(raw)
    for thing, values in found.items():
        said[thing if thing not in said else f"{thing} (each)"] = Pair(values.get(True), values.get(False), faults)
    return said
