"""The shape of what a report says beyond the verdict: where, why, by whom, and how robustly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# pydantic reads these at run time
from apps.statistics.agreement import Agreement
from apps.statistics.clustered import Estimate

Flag = Literal["stopped", "gold", "agreement", "side", "fast"]


@dataclass(frozen=True)
class Cell:
    """One criterion in one cluster. `drawn`: the net preference drawn towards the criterion's other clusters."""

    criterion: str
    cluster: str
    net: Estimate
    enough: bool
    p_adjusted: float | None
    drawn: float | None


@dataclass(frozen=True)
class Discordance:
    """Which answer was marked, by judgments; `difference` of the shares marked, A minus B, clustered. `per_100_a`:
    marks in a hundred words of A, None where lengths are not known. `mcnemar_p` takes judgments as independent."""

    criterion: str
    both: int
    a_only: int
    b_only: int
    neither: int
    difference: Estimate
    mcnemar_p: float
    per_100_a: Estimate | None
    per_100_b: Estimate | None


@dataclass(frozen=True)
class Driver:
    """`agrees`: the share of decisive verdicts that side with this criterion where it sides with anyone; `effect`:
    what one step of it adds to the verdict from -1 to 1, the other criteria held still."""

    criterion: str
    agrees: Estimate
    effect: Estimate


@dataclass(frozen=True)
class Agreed:
    """`subject` is "verdict" or a criterion's key."""

    subject: str
    level: str
    alpha: Agreement
    ac1: Agreement
    raw: Agreement


@dataclass(frozen=True)
class AssessorNumbers:
    """`agreed`: mean share of the others' verdicts on the same comparison that are the same, over `agreed_of`
    comparisons. `left_share` among decisive ones; `left_p`: does A win more on one side? `gold` is (right, all)."""

    assessor: str
    simulated: bool
    judgments: int
    win_rate: float
    tie_share: float
    left_share: float | None
    left_p: float
    agreed: float | None
    agreed_of: int
    agreed_low: float | None
    agreed_high: float | None
    median_seconds: float
    gold: tuple[int, int]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Sides:
    """`assigned_p`: is A on the left as often as on the right? `adjusted`: the win rate as if it were."""

    assigned_p: float
    adjusted: Estimate
    effect: Estimate


@dataclass(frozen=True)
class LengthBin:
    """Judgments whose answer A is longer by `low` to `high` words."""

    low: float
    high: float
    middle: float
    win_rate: Estimate


@dataclass(frozen=True)
class Lengths:
    """`longer_wins` among decisive judgments of unequal lengths; the rest as `regression.LengthEffect`."""

    words_a: float
    words_b: float
    longer_wins: Estimate
    slope: Estimate
    at_equal_length: Estimate
    bins: tuple[LengthBin, ...]


@dataclass(frozen=True)
class Variant:
    """The win rate under another choice; `applies` False where the choice changes nothing."""

    key: str
    win_rate: Estimate
    applies: bool


@dataclass(frozen=True)
class Depth:
    cells: tuple[Cell, ...]
    clusters_drawn: dict[str, float | None]
    discordance: tuple[Discordance, ...]
    drivers: tuple[Driver, ...]
    agreement: tuple[Agreed, ...]
    assessors: tuple[AssessorNumbers, ...]
    sides: Sides
    lengths: Lengths | None
    variants: tuple[Variant, ...]
