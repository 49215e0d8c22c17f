"""Our own picture descriptor: where colours and edges are, as one vector. No weights, no training.

Four blocks, each of length 1 and joined by weight, so that the cosine of two vectors is the weighted mean of the
blocks' cosines: how much of which colour there is (a histogram in HSV, its square roots after Hellinger), which
directions edges have in the whole picture (so that a triangle is one wherever it lies), and both again in the cells of
a grid (colour layout as in MPEG-7; gradient histograms after Dalal and Triggs, 2005). It finds the same scene at
another crop or size and plain shapes of a colour; it knows nothing of meaning: another photograph of a cat is no cat.
"""

from typing import Any

import numpy as np
from PIL import Image

NAME = "descriptor@1"
SIDE = 96
GRID = 4
DIRECTIONS = 12
HUES, SATURATIONS, VALUES = 12, 2, 3
GREYS = 4
WEIGHTS = {"colours": 0.15, "subject": 0.35, "edges": 0.2, "layout": 0.15, "gradients": 0.15}
FAR = 0.15  # from the rim's colour, as a share of the way from black to white: what stands out is the subject

Vector = Any  # numpy array, float32, of length 1


def describe(picture: Image.Image) -> Vector:
    """From upright RGB pixels of any size; the picture is squeezed to a square of 96 pixels."""
    small = picture.resize(
        (SIDE, SIDE), Image.Resampling.BOX if min(picture.size) >= SIDE else Image.Resampling.BICUBIC
    )
    hsv = np.asarray(small.convert("HSV"), dtype=np.float32) / 255
    rgb = np.asarray(small, dtype=np.float32) / 255
    strength, direction = edges(rgb)
    blocks = {
        "colours": np.sqrt(colours(hsv, np.ones(hsv.shape[:2]))),
        "subject": np.sqrt(colours(hsv, standing_out(rgb))),
        "edges": np.sqrt(np.bincount(direction.ravel(), strength.ravel(), DIRECTIONS)),
        "layout": layout(rgb),
        "gradients": gradients(strength, direction),
    }
    joined = np.concatenate([np.sqrt(WEIGHTS[name]) * unit(block) for name, block in blocks.items()])
    return unit(joined).astype(np.float32)


def unit(values: Vector) -> Vector:
    length = float(np.linalg.norm(values))
    return values / length if length else values


def colours(hsv: Vector, weights: Vector) -> Vector:
    """Weighted shares of pixels: greys by lightness, then colours by hue, saturation and lightness."""
    hue, saturation, value = hsv[..., 0], hsv[..., 1], hsv[..., 2]
    grey = (saturation < 0.12) | (value < 0.12)
    bins = np.where(
        grey,
        step(value, GREYS),
        GREYS
        + ((hue * HUES + 0.5).astype(int) % HUES * SATURATIONS + step(saturation, SATURATIONS)) * VALUES
        + step(value, VALUES),
    )
    return np.bincount(bins.ravel(), weights.ravel(), GREYS + HUES * SATURATIONS * VALUES)


def step(values: Vector, count: int) -> Vector:
    return np.minimum((values * count).astype(int), count - 1)


def standing_out(rgb: Vector) -> Vector:
    """How far each pixel's colour is from the middle colour of the picture's rim, nothing where it is near."""
    rim = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    far = np.sqrt(((rgb - np.median(rim, axis=0)) ** 2).mean(axis=2))
    return np.where(far > FAR, far, 0)


def edges(rgb: Vector) -> tuple[Vector, Vector]:
    """The strength of every pixel's gradient (the strongest channel's) and its direction without sign, as a bin."""
    down, across = np.gradient(rgb, axis=0), np.gradient(rgb, axis=1)
    strengths = np.hypot(down, across)
    channel = strengths.argmax(axis=2)[..., None]
    angle = np.arctan2(np.take_along_axis(down, channel, 2), np.take_along_axis(across, channel, 2))[..., 0]
    bins = ((angle % np.pi) / np.pi * DIRECTIONS + 0.5).astype(int) % DIRECTIONS
    strength = np.take_along_axis(strengths, channel, 2)[..., 0]
    return np.where(strength > 0.04, strength, 0), bins


def layout(rgb: Vector) -> Vector:
    """Mean colour of each cell."""
    cell = SIDE // GRID
    return rgb.reshape(GRID, cell, GRID, cell, 3).mean(axis=(1, 3)).ravel() - 0.5


def gradients(strength: Vector, direction: Vector) -> Vector:
    cell = SIDE // GRID
    rows, columns = np.indices(direction.shape) // cell
    places = (rows * GRID + columns) * DIRECTIONS + direction
    counts = np.bincount(places.ravel(), strength.ravel(), GRID * GRID * DIRECTIONS).reshape(-1, DIRECTIONS)
    return np.sqrt(counts / (np.linalg.norm(counts, axis=1, keepdims=True) + 0.5)).ravel()
