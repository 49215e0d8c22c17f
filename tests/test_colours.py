"""Text is readable on what it stands on, in light and in dark: WCAG 2.2, 1.4.3 (4.5:1) and 1.4.11 (3:1)."""

import re

import pytest

from tests.sources import ROOT

TOKEN = re.compile(r"--([\w-]+):\s*light-dark\(#([0-9a-f]{6}),\s*#([0-9a-f]{6})\)")
TOKENS = {name: pair for name, *pair in TOKEN.findall((ROOT / "static/css/tokens.css").read_text())}
GROUNDS = ("paper", "surface", "sunken")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in GROUNDS),
    *((ink, ground) for ink in ("accent", "accent-strong", "bad") for ground in ("paper", "surface")),
    *((ink, f"{kind}-soft") for kind in ("accent", "good", "warn", "bad") for ink in ("ink", "ink-soft")),
    *((kind, f"{kind}-soft") for kind in ("good", "warn", "bad")),
    *(("accent-strong", "accent-soft"), ("bad-strong", "bad-soft"), ("accent", "accent-soft")),
    *(("on-accent", "accent"), ("on-accent", "accent-strong"), ("on-bad", "bad")),
]
SHAPES = [
    *(("line-strong", ground) for ground in GROUNDS),
    *((f"chart-{kind}", ground) for kind in ("a", "b", "tie", "bad") for ground in ("paper", "surface")),
    *(("accent", ground) for ground in GROUNDS),
]


def luminance(colour: str) -> float:
    """Relative luminance of six hexadecimal digits, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("least", "pairs"), [(4.5, TEXT), (3.0, SHAPES)], ids=["text", "shapes"])
def test_every_pair_can_be_told_apart(scheme: int, least: float, pairs: list[tuple[str, str]]) -> None:
    found = {pair: round(contrast(TOKENS[pair[0]][scheme], TOKENS[pair[1]][scheme]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_every_colour_comes_in_two_schemes() -> None:
    source = (ROOT / "static/css/tokens.css").read_text()
    single = [name for name, value in re.findall(r"--([\w-]+):\s*([^;]+);", source) if re.match(r"#|rgb", value)]
    assert single == []
