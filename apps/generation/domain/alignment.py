"""Two traces side by side: which step belongs to which, and where their texts differ."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

from apps.generation.domain.trace import Part, ReadableStep

WORDS = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")  # each with the space before it: a space alone is like every other
LINES = re.compile(r"[^\n]*\n|[^\n]+")
SPACE = re.compile(r"\s+")
MOST_CHARACTERS = 9000  # of a text that is compared word by word; longer ones are compared line by line
MOST_PIECES = 1500
MOST_PAIRS = 30_000  # of equal pieces, one of each side: what the comparison goes through, half a second at worst


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether the other text has it, too."""

    text: str
    is_own: bool


Pieces: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True)
class ComparedPart:
    """An output, cut where the other side's differs. `shared` are the keys of documents that both sides have."""

    name: str
    part: Part
    pieces: Pieces
    shared: frozenset[str]


@dataclass(frozen=True)
class ComparedStep:
    step: ReadableStep
    outputs: tuple[ComparedPart, ...]
    prompt: Pieces

    @property
    def told(self) -> list[ComparedPart]:
        """As `ReadableStep.told`."""
        return [output for output in self.outputs if output.part in self.step.told]


@dataclass(frozen=True)
class StepPair:
    """Steps that do the same work; None where one side has no such step."""

    left: ComparedStep | None
    right: ComparedStep | None

    @property
    def is_same(self) -> bool:
        """Whether both wrote the same, whatever it took them."""
        return self.left is not None and self.right is not None and self.left.step.outputs == self.right.step.outputs

    @property
    def sides(self) -> tuple[ComparedStep | None, ComparedStep | None]:
        return self.left, self.right


def aligned(left: Sequence[ReadableStep], right: Sequence[ReadableStep]) -> list[StepPair]:
    """Every step once, in an order that is right for both sides: the alignment of the highest likeness.

    Needleman & Wunsch (1970), without a price for gaps; O(n·m) in the numbers of steps.
    """
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            paired = best[i + 1][j + 1] + _likeness(left, i, right, j)
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[StepPair] = []
    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left) and j < len(right):
            likeness = _likeness(left, i, right, j)
            if likeness and best[i][j] == best[i + 1][j + 1] + likeness:
                pairs.append(step_pair(left[i], right[j]))
                i, j = i + 1, j + 1
                continue
        if j == len(right) or (i < len(left) and best[i][j] == best[i + 1][j]):
            pairs.append(step_pair(left[i], None))
            i += 1
        else:
            pairs.append(step_pair(None, right[j]))
            j += 1
    return pairs


def _likeness(left: Sequence[ReadableStep], i: int, right: Sequence[ReadableStep], j: int) -> int:
    """Same component 4, same name 2, both the last one of their side, which writes the answer, 3."""
    ours, theirs = left[i], right[j]
    same = 4 * (ours.uses == theirs.uses) + 2 * (ours.name == theirs.name)
    return same or 3 * (i == len(left) - 1 and j == len(right) - 1)


def step_pair(left: ReadableStep | None, right: ReadableStep | None) -> StepPair:
    """What both sides have is compared once, and each side takes its half."""
    ours, theirs = _parts(left), _parts(right)
    both = {name: differences(ours[name].text, theirs[name].text) for name in ours.keys() & theirs.keys()}
    prompts = _prompts(left, right)
    lefts, rights = ({name: sides[place] for name, sides in both.items()} for place in (0, 1))
    return StepPair(_compared(left, theirs, lefts, prompts[0]), _compared(right, ours, rights, prompts[1]))


def _parts(step: ReadableStep | None) -> dict[str, Part]:
    return {part.name: part for part in step.outputs} if step else {}


def _prompts(left: ReadableStep | None, right: ReadableStep | None) -> tuple[Pieces, Pieces]:
    ours, theirs = (step.prompt if step else None for step in (left, right))
    if ours is None or theirs is None:
        return _plain(ours or ""), _plain(theirs or "")
    return differences(ours, theirs)


def _compared(
    step: ReadableStep | None, other: Mapping[str, Part], pieces: Mapping[str, Pieces], prompt: Pieces
) -> ComparedStep | None:
    """What the other side lacks stays in one piece: there is nothing to compare it with."""
    if step is None:
        return None
    outputs = (
        ComparedPart(part.name, part, pieces.get(part.name, _plain(part.text)), _shared(part, other.get(part.name)))
        for part in step.outputs
    )
    return ComparedStep(step, tuple(outputs), prompt)


def _shared(part: Part, other: Part | None) -> frozenset[str]:
    return frozenset({doc.key for doc in part.docs} & {doc.key for doc in other.docs}) if other else frozenset()


def differences(left: str, right: str) -> tuple[Pieces, Pieces]:
    """Both texts whole, cut where they begin or cease to differ; in one piece where that would take too long."""
    if left == right:
        return _plain(left), _plain(right)
    cuts = [WORDS, LINES] if max(len(left), len(right)) < MOST_CHARACTERS else [LINES]
    for pattern in cuts:
        ours, theirs = pattern.findall(left), pattern.findall(right)
        if _is_quick(ours, theirs):
            return _marked(ours, theirs)
    return _plain(left, is_own=True), _plain(right, is_own=True)


def _is_quick(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether `SequenceMatcher` is: it goes through every pair of equal pieces, and does so again for each stretch."""
    if max(len(ours), len(theirs)) > MOST_PIECES:
        return False
    counts = Counter(theirs)
    return sum(number * counts[piece] for piece, number in Counter(ours).items()) <= MOST_PAIRS


def _marked(ours: Sequence[str], theirs: Sequence[str]) -> tuple[Pieces, Pieces]:
    lefts, rights = [], []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        mine, yours = "".join(ours[i:i_end]), "".join(theirs[j:j_end])
        space = SPACE.match(mine)
        common = space.group() if kind == "replace" and space and yours.startswith(space.group()) else ""
        lefts += [Piece(common, False), Piece(mine.removeprefix(common), kind != "equal")]
        rights += [Piece(common, False), Piece(yours.removeprefix(common), kind != "equal")]
    return tuple(piece for piece in lefts if piece.text), tuple(piece for piece in rights if piece.text)


def _plain(text: str, *, is_own: bool = False) -> Pieces:
    return (Piece(text, is_own),) if text else ()
