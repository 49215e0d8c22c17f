"""Paper, paint and a camera: what the pictures of signs, menus and documents are made with. Same input, same pixels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = str | tuple[int, int, int]
Line = tuple[str, int, Colour]


@cache
def font(size: int, face: str = "Sans") -> ImageFont.FreeTypeFont:
    """DejaVu has Cyrillic and comes with matplotlib; `face` such as "Sans-Bold", "Serif", "SansMono"."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise RuntimeError("matplotlib is not installed: its fonts draw the demo's signs")
    return ImageFont.truetype(Path(spec.origin).parent / f"mpl-data/fonts/ttf/DejaVu{face}.ttf", size)


def stacked(
    size: tuple[int, int],
    background: Colour,
    lines: Sequence[Line],
    *,
    face: str = "Sans-Bold",
    gap: int = 14,
    border: Colour | None = None,
) -> Image.Image:
    """Lines of text in the middle of a plate, one below the other; a border follows its rounded edge."""
    image = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(image)
    if border:
        edge = (10, 10, size[0] - 11, size[1] - 11)
        draw.rounded_rectangle(edge, radius=24, outline=border, width=8)
    fonts = [font(points, face) for _, points, _ in lines]
    heights = [sum(used.getmetrics()) for used in fonts]
    top = (size[1] - sum(heights) - gap * (len(lines) - 1)) / 2
    for (text, _, colour), used, height in zip(lines, fonts, heights, strict=True):
        draw.text((size[0] / 2, top), text, colour, font=used, anchor="ma")
        top += height + gap
    return image


def beside(left: Image.Image, right: Image.Image, background: Colour) -> Image.Image:
    """A pictogram and a plate next to each other, centred."""
    height = max(left.height, right.height)
    image = Image.new("RGB", (left.width + right.width, height), background)
    image.paste(left, (0, (height - left.height) // 2))
    image.paste(right, (left.width, (height - right.height) // 2))
    return image


def photographed(
    image: Image.Image,
    *,
    seed: int,
    tilt: float = 0.0,
    lean: float = 0.0,
    backdrop: Colour = "#8d8a84",
    noise: float = 5,
) -> Image.Image:
    """As if taken by hand: turned by `tilt` degrees, `lean` of its width nearer on one side, uneven light, grain."""
    margin = round(0.09 * max(image.size))
    width, height = image.width + 2 * margin, image.height + 2 * margin
    scene = Image.new("RGB", (width, height), backdrop)
    scene.paste(image, (margin, margin))
    scene = scene.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=backdrop)
    if lean:
        scene = _leaning(scene, lean, backdrop)
    scene = scene.filter(ImageFilter.GaussianBlur(0.6))
    return _lit(scene, noise, np.random.default_rng(seed))


def _leaning(scene: Image.Image, lean: float, backdrop: Colour) -> Image.Image:
    """A perspective: the right edge (the left one for a negative lean) loses twice `lean` of its height."""
    width, height = scene.size
    cut = abs(lean) * height
    near: list[tuple[float, float]] = [(0, 0), (0, height)]
    far: list[tuple[float, float]] = [(width, cut), (width, height - cut)]
    if lean < 0:
        near, far = [(0, cut), (0, height - cut)], [(width, 0), (width, height)]
    seen = [near[0], far[0], far[1], near[1]]
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    return scene.transform(
        scene.size,
        Image.Transform.PERSPECTIVE,
        _perspective(seen, corners),
        Image.Resampling.BICUBIC,
        fillcolor=backdrop,
    )


def _perspective(seen: Sequence[tuple[float, float]], corners: Sequence[tuple[float, float]]) -> list[float]:
    """The eight coefficients that Pillow wants: from where a point is seen to where it comes from."""
    rows, right = [], []
    for (x, y), (u, v) in zip(seen, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows, float), np.array(right, float))]


def _lit(scene: Image.Image, noise: float, chance: np.random.Generator) -> Image.Image:
    pixels = np.asarray(scene, dtype=np.float32)
    across = np.linspace(1.04, 0.88, pixels.shape[1], dtype=np.float32)[None, :, None]
    grain = chance.normal(0, noise, pixels.shape[:2])[:, :, None].astype(np.float32)
    return Image.fromarray(np.clip(pixels * across + grain, 0, 255).astype(np.uint8))


def priced(
    size: tuple[int, int],
    title: str,
    rows: Sequence[tuple[str, str]],
    *,
    paper: Colour,
    ink: Colour,
    accent: Colour,
    foot: str = "",
    face: str = "Serif",
    points: int = 30,
) -> Image.Image:
    """A menu: a title, dishes with a dotted line to their prices, small print. A row without a price is a heading."""
    image = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(image)
    draw.rectangle((16, 16, size[0] - 17, size[1] - 17), outline=accent, width=3)
    draw.text((size[0] / 2, 40), title, accent, font=font(round(points * 1.5), f"{face}-Bold"), anchor="ma")
    top = 40 + round(points * 2.6)
    for name, price in rows:
        if price:
            _dotted(draw, top, size[0], name, price, ink, font(points, face))
        else:
            draw.text((50, top + 6), name, accent, font=font(points, f"{face}-Bold"))
        top += round(points * 1.62)
    if foot:
        draw.text((size[0] / 2, size[1] - 40), foot, ink, font=font(round(points * 0.62), face), anchor="ms")
    return image


def _dotted(
    draw: ImageDraw.ImageDraw, top: float, width: int, name: str, price: str, ink: Colour, used: ImageFont.FreeTypeFont
) -> None:
    draw.text((50, top), name, ink, font=used)
    draw.text((width - 50, top), price, ink, font=used, anchor="ra")
    start, end = 62 + used.getlength(name), width - 62 - used.getlength(price)
    for x in range(round(start), round(end), 10):
        draw.ellipse((x, top + used.size - 1, x + 2, top + used.size + 1), fill=ink)


def table(
    title: str,
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    accent: Colour,
    foot: str = "",
    points: int = 24,
) -> Image.Image:
    """A timetable or a form: a coloured title bar, a bold header (the first row), lines between the rows."""
    line = round(points * 1.9)
    width, height = sum(widths) + 48, 92 + line * len(rows) + (70 if foot else 30)
    image = Image.new("RGB", (width, height), "#fdfdfb")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 70), fill=accent)
    draw.text((24, 35), title, "white", font=font(points + 6, "Sans-Bold"), anchor="lm")
    for number, row in enumerate(rows):
        top, left = 84 + line * number, 24
        if number % 2:
            draw.rectangle((12, top, width - 12, top + line), fill="#eef1f4")
        for text, column in zip(row, widths, strict=True):
            used = font(points, "Sans" if number else "Sans-Bold")
            draw.text((left + 8, top + line / 2), text, "#1d2430", font=used, anchor="lm")
            left += column
    if foot:
        draw.text((24, height - 34), foot, "#4a5360", font=font(points - 5), anchor="lm")
    return image


def printed(
    lines: Sequence[str], *, width: int, points: int = 24, face: str = "SansMono", paper: Colour = "#fbfaf5"
) -> Image.Image:
    """A strip of paper out of a printer or a page of a letter: plain lines, `# ` before a bold one."""
    line = round(points * 1.45)
    image = Image.new("RGB", (width, line * len(lines) + 80), paper)
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(lines):
        bold = text.startswith("# ")
        used = font(points, f"{face}-Bold" if bold else face)
        draw.text((40, 40 + line * number), text.removeprefix("# "), "#23262b", font=used)
    return image
