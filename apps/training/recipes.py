"""Recipes to start from: the files of `inference/vlm/recipes`, each with the comment it begins with."""

from dataclasses import dataclass

from inference.vlm.recipe import SHIPPED

FIRST = "easy-vqa"


@dataclass(frozen=True)
class Shipped:
    name: str
    about: str
    source: str


def shipped() -> list[Shipped]:
    return [Shipped(path.stem, about(path.read_text()), path.read_text()) for path in sorted(SHIPPED.glob("*.yaml"))]


def about(source: str) -> str:
    """The lines of comment at the top."""
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return " ".join(lines)


def chosen(name: str) -> Shipped:
    """The one of that name, else the one that needs no other model."""
    found = {recipe.name: recipe for recipe in shipped()}
    return found.get(name, found[FIRST])
