"""What protocols read and write: an item asked, what was read in its answer, what that is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["scored", "unparsed", "failed"]
References = Sequence[str]


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its truth. `choices`: letter -> text, in order. `group` is what items share, a picture as a
    rule: errors are clustered by it. `category` makes rows of a table; `facts` are the fields of one protocol alone.
    """

    id: str
    references: References = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    category: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def cluster(self) -> str:
        """An item without a group shares nothing."""
        return f"group {self.group}" if self.group else f"item {self.id}"

    def fact(self, name: str) -> str:
        """As text; "" where there is none."""
        value = self.category if name == "category" else self.facts.get(name)
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer got. `parsed` is None where nothing was read and nothing guessed; scores are then 0."""

    outcome: Outcome
    parsed: object
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    item: Item
    mark: Mark
