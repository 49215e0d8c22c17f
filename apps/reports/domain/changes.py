"""What differs between two frozen reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.reports.domain.longform import long_lines
from apps.reports.domain.longranking import ranking_lines
from apps.reports.domain.ranking import Ranking

if TYPE_CHECKING:
    from apps.reports.domain.longform import Line
    from apps.reports.domain.numbers import Numbers

MEASURES = ("win_rate", "net", "decisive_win_rate", "tie_rate", "both_bad_rate", "left_share")
STRENGTHS = ("strength", "strength_davidson", "left_advantage")  # in points of which 400 are odds of ten to one
RANKED = (*STRENGTHS, "expected_win_rate", "win_rate")


@dataclass(frozen=True)
class Change:
    """A measure in both; None where one report lacks it. `apart`: neither value lies in the other's interval."""

    section: str
    group: str
    measure: str
    before: Line | None
    after: Line | None

    @property
    def apart(self) -> bool:
        if not self.before or not self.after:
            return False
        return _outside(self.before, self.after) and _outside(self.after, self.before)

    @property
    def moved(self) -> float | None:
        ends = [line.value if line else None for line in (self.before, self.after)]
        numbers = [end for end in ends if isinstance(end, (int, float))]
        return float(numbers[1] - numbers[0]) if len(numbers) == 2 else None


def compare_reports(before: Numbers | Ranking, after: Numbers | Ranking) -> list[Change]:
    """Estimates of both, in the order of the later one; what only the earlier has comes last."""
    old, new = _by_place(before), _by_place(after)
    return [Change(*place, old.get(place), new.get(place)) for place in dict.fromkeys((*new, *old))]


def _by_place(numbers: Numbers | Ranking) -> dict[tuple[str, str, str], Line]:
    lines = ranking_lines(numbers) if isinstance(numbers, Ranking) else long_lines(numbers)
    measures = RANKED if isinstance(numbers, Ranking) else MEASURES
    return {(line.section, line.group, line.measure): line for line in lines if line.measure in measures}


def _outside(value: Line, interval: Line) -> bool:
    if not isinstance(value.value, (int, float)) or interval.low is None or interval.high is None:
        return False
    return not interval.low <= value.value <= interval.high
