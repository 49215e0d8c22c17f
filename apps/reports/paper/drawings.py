"""The charts of a report on a sheet, from the same geometry as the page's SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.patches import Polygon, Rectangle

from apps.reports import wording
from apps.reports.formats import percent
from apps.reports.paper.sheet import INK, LEFT, LINE, RIGHT, SOFT, Sheet, text_width
from apps.statistics.scores import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from apps.reports.charts.bars import Bar, StackedBars
    from apps.reports.charts.forest import Forest, Mark
    from apps.reports.charts.heat import Drawn, Heat

FILLS = {
    "a_much": ("#2f66d0", ""),
    "a": ("#a7c0ee", "////"),
    "tie": ("#eef0f4", ""),
    "both_bad": ("#d9b7ca", "...."),
    "b": ("#e3bb8f", "\\\\\\\\"),
    "b_much": ("#b8620b", "xxxx"),
}
BLUE, SCALE = "#2f66d0", 0.62  # a chart's pixels become points


def across(percent_of_width: float) -> float:
    return LEFT + (RIGHT - LEFT) * percent_of_width / 100


def draw_legend(sheet: Sheet) -> None:
    words = [str(wording.VERDICTS[verdict]) for verdict in VERDICTS]
    widths = [18 + text_width(word, 7) for word in words]
    gap, x = (RIGHT - LEFT - sum(widths)) / (len(widths) - 1), LEFT
    for verdict, word, width in zip(VERDICTS, words, widths, strict=True):
        _box(sheet, x, sheet.y, 14, 8, verdict)
        sheet.put(word, x + 18, sheet.y + 7, size=7)
        x += width + gap
    sheet.y += 16


def draw_bars(sheet: Sheet, bars: StackedBars) -> None:
    draw_legend(sheet)
    for bar in bars.bars:
        sheet.room(30)
        _draw_bar(sheet, bar)


def _draw_bar(sheet: Sheet, bar: Bar) -> None:
    sheet.put(bar.label, LEFT, sheet.y + 7, size=7.5, bold=True)
    sheet.put(bar.note, RIGHT, sheet.y + 7, size=7.5, colour=SOFT, align="right")
    for segment in bar.segments:
        left, right = across(segment.x), across(segment.x + segment.width)
        _box(sheet, left, sheet.y + 10, right - left, 14, segment.verdict)
        if segment.share >= 0.05:
            sheet.axes.text(
                across(segment.middle),
                sheet.y + 19.5,
                percent(segment.share, 0),
                fontsize=7,
                ha="center",
                color=INK,
                fontweight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85},
            )
    sheet.y += 30


def _box(sheet: Sheet, x: float, y: float, width: float, height: float, verdict: str) -> None:
    fill, hatch = FILLS[verdict]
    box = Rectangle((x, y), width, height, facecolor=fill, edgecolor="#5a6475", linewidth=0.5, hatch=hatch)
    sheet.axes.add_patch(box)


def draw_forest(sheet: Sheet, forest: Forest, ends: tuple[str, str], tick: Callable[[float], str]) -> None:
    height = forest.height * SCALE
    sheet.room(min(height + 20, 700))
    sheet.put(f"← {ends[0]}", LEFT, sheet.y + 7, size=7, colour=SOFT)
    sheet.put(f"{ends[1]} →", RIGHT, sheet.y + 7, size=7, colour=SOFT, align="right")
    top = sheet.y + 12
    bottom, middle = top + forest.plot_height * SCALE, across(forest.reference_x)
    sheet.axes.plot([middle, middle], [top, bottom], color=SOFT, linewidth=0.7, linestyle=(0, (4, 3)))
    for mark in forest.marks:
        _draw_mark(sheet, mark, top)
    sheet.rule(bottom, colour=SOFT)
    for place in forest.ticks:
        sheet.axes.plot([across(place.x)] * 2, [bottom, bottom + 3], color=SOFT, linewidth=0.6)
        sheet.put(tick(place.value), across(place.x), bottom + 11, size=7, colour=SOFT, align="center")
    sheet.y = bottom + 22


def _draw_mark(sheet: Sheet, mark: Mark, top: float) -> None:
    y = top + mark.y * SCALE
    if mark.rule_y:
        sheet.rule(top + mark.rule_y * SCALE, colour=LINE, width=0.4)
    sheet.put(mark.point.label, LEFT, top + mark.label_y * SCALE, size=7.5, bold=True)
    sheet.put(mark.point.text, RIGHT, top + mark.label_y * SCALE, size=7.5, colour=SOFT, align="right")
    if mark.x is None:
        return
    x, ends = across(mark.x), None
    if mark.left is not None and mark.right is not None:
        ends = (across(mark.left), across(mark.right))
    if mark.point.overall and ends:
        corners = [(ends[0], y), (x, y - 5), (ends[1], y), (x, y + 5)]
        sheet.axes.add_patch(Polygon(corners, facecolor=INK, edgecolor="none"))
        return
    if ends:
        style = "solid" if mark.point.enough else (0, (3, 2))
        sheet.axes.plot(ends, [y, y], color=BLUE, linewidth=1.6, linestyle=style, solid_capstyle="butt")
    face = BLUE if mark.point.enough else "white"
    sheet.axes.plot([x], [y], marker="o", markersize=5, markerfacecolor=face, markeredgecolor=BLUE)


def draw_heat(sheet: Sheet, heat: Heat) -> None:
    sheet.room(min(heat.height * SCALE + 10, 700))
    top, height = sheet.y, heat.cell_height * SCALE
    for x, name in heat.heads:
        sheet.put(name[:22], across(x), top + 10, size=7, bold=True, align="center")
    for row in heat.rows:
        sheet.put(row.label, LEFT, top + row.label_y * SCALE, size=7.5, colour=SOFT)
        for cell in row.cells:
            _heat_cell(sheet, cell, top + row.y * SCALE, height)
    sheet.y = top + heat.height * SCALE + 8


def _heat_cell(sheet: Sheet, cell: Drawn, y: float, height: float) -> None:
    left, right = across(cell.x), across(cell.x + cell.width)
    fill = {"a": FILLS["a_much"][0], "b": FILLS["b_much"][0], "none": "white"}[cell.side]
    sheet.axes.add_patch(
        Rectangle((left, y), right - left, height, facecolor=fill, alpha=cell.opacity, edgecolor="none")
    )
    hatch = "" if cell.square.enough else "////"
    frame = Rectangle((left, y), right - left, height, fill=False, edgecolor="#9aa3b2", linewidth=0.5, hatch=hatch)
    sheet.axes.add_patch(frame)
    middle = (across(cell.middle), y + height / 2 + 3)
    text = sheet.axes.text(*middle, cell.square.text, fontsize=7, ha="center", color=INK, fontweight="bold")
    text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.85})
