"""A4 pages that fill from top to bottom. All measures are points (1/72 inch) from the page's top left corner."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from apps.reports.domain.cells import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backend_bases import RendererBase
    from matplotlib.backends.backend_pdf import PdfPages

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, TOP, BOTTOM = 45.0, 550.0, 45.0, 790.0
INK, SOFT, LINE = "#1b2230", "#515b6d", "#c3c9d4"


class Lines(Artist):
    """Lines of text that go to the page as they are: several times quicker than a `Text` each, which would lay out
    anew what is only a line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, float, float, float, str, bool]] = []
        self.set_zorder(5)

    def draw(self, renderer: RendererBase) -> None:
        pen = renderer.new_gc()
        for words, x, y, size, colour, bold in self.lines:
            pen.set_foreground(colour)
            renderer.draw_text(pen, x, y, words, _font(size, bold=bold), 0)
        pen.restore()


class Sheet:
    """Write with `y` as the place of the next thing; `room` turns the page when it would not fit."""

    def __init__(self, pdf: PdfPages, foot: str) -> None:
        self.pdf, self.foot, self.pages, self.y = pdf, foot, 0, TOP
        self.axes = self._page()

    def _page(self) -> Axes:
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(HEIGHT, 0)
        self.lines = Lines()
        axes.add_artist(self.lines)
        self.pages, self.y = self.pages + 1, TOP
        return axes

    def turn(self) -> None:
        self.finish()
        self.axes = self._page()

    def finish(self) -> None:
        """The foot, and the page is done."""
        self.put(self.foot, LEFT, HEIGHT - 26, size=6.5, colour=SOFT)
        self.put(str(self.pages), RIGHT, HEIGHT - 26, size=6.5, colour=SOFT, align="right")
        self.pdf.savefig(self.axes.get_figure())  # type: ignore[no-untyped-call]

    def room(self, height: float) -> None:
        if self.y + height > BOTTOM:
            self.turn()

    def put(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: float = 9,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        """One line with its baseline at `y`; never read as mathematics, whatever a name contains."""
        words = printable(words)
        before = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        left = x - before * text_width(words, size, bold=bold) if before else x
        self.lines.lines.append((words, left, HEIGHT - y, size, colour, bold))

    def write(self, words: str, *, size: float = 9, colour: str = INK, bold: bool = False, after: float = 5) -> None:
        """A paragraph across the page."""
        for line in wrap(words, size, RIGHT - LEFT, bold=bold):
            self.room(size * 1.4)
            self.put(line, LEFT, self.y + size, size=size, colour=colour, bold=bold)
            self.y += size * 1.4
        self.y += after

    def heading(self, words: str, keep: float = 120) -> None:
        """A heading that stays with at least `keep` points of what follows."""
        self.room(keep)
        self.y += 8
        self.write(words, size=11.5, bold=True, after=4)

    def rule(self, y: float, *, colour: str = LINE, width: float = 0.6) -> None:
        self.axes.plot([LEFT, RIGHT], [y, y], color=colour, linewidth=width, solid_capstyle="butt")


def wrap(words: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Lines no wider than `width`; a word that is wider by itself is broken between letters."""
    lines, used, space = [""], 0.0, text_width("n n", size, bold=bold) - text_width("nn", size, bold=bold)
    for piece in (piece for word in words.split() for piece in _pieces(word, size, width, bold=bold)):
        wide = text_width(piece, size, bold=bold)
        if lines[-1] and used + space + wide > width:
            lines.append(piece)
            used = wide
        else:
            used += wide + (space if lines[-1] else 0)
            lines[-1] = f"{lines[-1]} {piece}".strip()
    return lines


def _pieces(word: str, size: float, width: float, *, bold: bool) -> list[str]:
    """The word, or if it is wider than a line, as many letters of it at a time as surely fit."""
    wide = text_width(word, size, bold=bold)
    letters = len(word) if wide <= width else max(1, int(width / (size * 1.1)))
    return [word[start : start + letters] for start in range(0, len(word), letters)]


@lru_cache(maxsize=4096)
def text_width(words: str, size: float, *, bold: bool = False) -> float:
    font = get_font(_font_file(bold=bold))
    font.set_size(size, 72)
    font.set_text(printable(words), 0.0)
    return float(font.get_width_height()[0]) / 64


@lru_cache
def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)


@lru_cache
def _font_file(*, bold: bool) -> str:
    return findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal"))
