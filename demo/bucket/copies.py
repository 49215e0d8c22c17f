"""Pictures that come with installed packages: easy-VQA's test pictures and scikit-image's photographs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from PIL import Image


def package_folder(name: str) -> Path:
    """Where a package lies, without importing it. Raises RuntimeError when it is not installed."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The package {name} is not installed; the demo takes pictures from it.")
    return Path(spec.origin).parent


def shape(number: str) -> Image.Image:
    """A test picture of easy-VQA, 64 pixels wide, drawn six times as large so that a person sees it well."""
    with Image.open(package_folder("easy_vqa") / f"data/test/images/{number}.png") as picture:
        return picture.convert("RGB").resize((384, 384), Image.Resampling.LANCZOS)


def photograph(file_name: str) -> Image.Image:
    """A picture of scikit-image as it is; small ones twice as large."""
    with Image.open(package_folder("skimage") / "data" / file_name) as picture:
        picture.load()
        factor = 2 if max(picture.size) < 460 else 1
        grey = picture.mode in {"1", "L"}
        return picture.convert("L" if grey else "RGB").resize(
            (picture.width * factor, picture.height * factor), Image.Resampling.LANCZOS
        )
