"""Geometry of a horizontal bar chart, so that its template only draws."""

from collections.abc import Sequence
from dataclasses import dataclass

ROW_PX = 30
BAR_PX = 18
LABEL_PX = 150
PLOT_PX = 180
WIDTH_PX = LABEL_PX + PLOT_PX + 50
LABEL_CHARS = 19


@dataclass(frozen=True)
class Bar:
    """`label` in full, `short` as fits in the chart, `share` from 0 to 1, lengths in the chart's pixels."""

    label: str
    short: str
    count: int
    share: float
    top: int
    length: float

    @property
    def middle(self) -> float:
        return self.top + BAR_PX / 2

    @property
    def end(self) -> float:
        return LABEL_PX + self.length + 6

    @property
    def percent(self) -> float:
        return 100 * self.share


@dataclass(frozen=True)
class BarChart:
    """`bars` are drawn; `rest` labels of small groups, with `rest_count` tasks, are in the table only."""

    bars: tuple[Bar, ...]
    table: tuple[Bar, ...]
    rest: int
    rest_count: int

    @property
    def height(self) -> int:
        return ROW_PX * len(self.bars)


def bar_chart(counts: Sequence[tuple[str, int]], *, most: int = 12) -> BarChart:
    """Bars for the `most` largest of `counts`, which come largest first; the longest bar fills the plot."""
    total = sum(count for _, count in counts)
    largest = max((count for _, count in counts), default=0)
    bars = tuple(
        Bar(
            label=label,
            short=label if len(label) <= LABEL_CHARS else label[: LABEL_CHARS - 1] + "…",
            count=count,
            share=count / total,
            top=ROW_PX * place + (ROW_PX - BAR_PX) // 2,
            length=round(PLOT_PX * count / largest, 1),
        )
        for place, (label, count) in enumerate(counts)
    )
    return BarChart(bars[:most], bars, len(bars[most:]), sum(bar.count for bar in bars[most:]))
