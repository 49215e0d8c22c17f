"""What changed between two texts, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class DiffLine:
    """`old` and `new` are 1-based line numbers; a line that is not on that side has None."""

    change: Change
    old: int | None
    new: int | None
    text: str


def differences(old: str, new: str) -> list[DiffLine]:
    """All lines of both texts in reading order, removed ones before those that took their place."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [line for tag, i, j, k, m in matcher.get_opcodes() for line in block(tag, before, after, (i, j), (k, m))]


def block(
    tag: str, before: list[str], after: list[str], left: tuple[int, int], right: tuple[int, int]
) -> Iterator[DiffLine]:
    if tag == "equal":
        for place in range(left[1] - left[0]):
            yield DiffLine("same", left[0] + place + 1, right[0] + place + 1, before[left[0] + place])
        return
    for number in range(*left):
        yield DiffLine("removed", number + 1, None, before[number])
    for number in range(*right):
        yield DiffLine("added", None, number + 1, after[number])
