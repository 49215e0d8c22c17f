"""What is asked beside the verdict, as data. Words of shipped criteria live in `apps.assessment.labels`, translated."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["comparative", "absolute", "marks"]
Order = Literal["fixed", "assessor", "comparison"]
COMPARATIVE, ABSOLUTE, MARKS = "comparative", "absolute", "marks"
KINDS: tuple[Kind, ...] = ("comparative", "absolute", "marks")
ORDERS: tuple[Order, ...] = ("fixed", "assessor", "comparison")

# What another criterion may depend on, by what it depends on; nothing here tells the sides apart.
VERDICT_VALUES = ("better", "much_better", "tie", "both_bad")
VALUES: dict[str, tuple[str, ...]] = {COMPARATIVE: ("same", "different"), MARKS: ("some", "none"), ABSOLUTE: ()}


@dataclass(frozen=True)
class Condition:
    """Asked only when `on`, the verdict or an earlier criterion, has one of `values`."""

    on: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class CriterionSpec:
    """One question. `comparative`: the first answer is better, the same, the second is. `absolute`: each answer on a
    scale from 1 (`low`) to `points` (`high`). `marks`: places in each answer, of the kinds in `mark_kinds`.

    `name` and `question` are empty where the platform has its own words for `key`.
    """

    key: str
    kind: str = COMPARATIVE
    required: bool = True
    name: str = ""
    question: str = ""
    points: int = 0
    low: str = ""
    high: str = ""
    mark_kinds: tuple[str, ...] = ()
    only_if: Condition | None = None


@dataclass(frozen=True)
class CriteriaSet:
    """`order`: as listed for everyone, shuffled for each assessor, or for each comparison."""

    key: str
    criteria: tuple[CriterionSpec, ...]
    order: str = "fixed"

    def words(self) -> list[str]:
        """What assessors read of it beyond the platform's own words."""
        return [word for item in self.criteria for word in (item.name, item.question, item.low, item.high) if word]
