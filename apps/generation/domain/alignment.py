"""Two traces side by side: which step belongs to which, and where their texts differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from apps.generation.domain.trace import Part, ReadableStep

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
LINES = re.compile(r"[^\n]*\n|[^\n]+")
MOST_WORDS = 1500  # of a text that is compared word by word; longer ones are compared line by line
MOST_LINES = 1500


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether the other text has it, too."""

    text: str
    is_own: bool


@dataclass(frozen=True)
class ComparedPart:
    """An output, cut where the other side's differs. `shared` are the keys of documents that both sides have."""

    name: str
    part: Part
    pieces: tuple[Piece, ...]
    shared: frozenset[str]


@dataclass(frozen=True)
class ComparedStep:
    step: ReadableStep
    outputs: tuple[ComparedPart, ...]
    prompt: tuple[Piece, ...]

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
    return StepPair(compared(left, right, is_left=True), compared(right, left, is_left=False))


def compared(step: ReadableStep | None, other: ReadableStep | None, *, is_left: bool) -> ComparedStep | None:
    if step is None:
        return None
    theirs = {part.name: part for part in other.outputs} if other else {}
    outputs = tuple(compared_part(part, theirs.get(part.name), is_left=is_left) for part in step.outputs)
    prompt = own_pieces(step.prompt or "", other.prompt if other else None, is_left=is_left)
    return ComparedStep(step, outputs, prompt)


def compared_part(part: Part, other: Part | None, *, is_left: bool) -> ComparedPart:
    shared = {doc.key for doc in part.docs} & {doc.key for doc in other.docs} if other else set()
    pieces = own_pieces(part.text, other.text if other else None, is_left=is_left)
    return ComparedPart(part.name, part, pieces, frozenset(shared))


def own_pieces(text: str, other: str | None, *, is_left: bool) -> tuple[Piece, ...]:
    """`text` against `other`; in one piece where there is nothing to compare it with."""
    if other is None:
        return _plain(text)
    return differences(text, other)[0] if is_left else differences(other, text)[1]


def differences(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts whole, cut where they begin or cease to differ."""
    pattern, most = (WORDS, MOST_WORDS) if max(len(left), len(right)) < 6 * MOST_WORDS else (LINES, MOST_LINES)
    ours, theirs = pattern.findall(left), pattern.findall(right)
    if left == right or max(len(ours), len(theirs)) > most:
        return _plain(left, is_own=left != right), _plain(right, is_own=left != right)
    lefts, rights = [], []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        lefts.append(Piece("".join(ours[i:i_end]), kind != "equal"))
        rights.append(Piece("".join(theirs[j:j_end]), kind != "equal"))
    return tuple(piece for piece in lefts if piece.text), tuple(piece for piece in rights if piece.text)


def _plain(text: str, *, is_own: bool = False) -> tuple[Piece, ...]:
    return (Piece(text, is_own),) if text else ()
