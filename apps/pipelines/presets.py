"""Definitions to start from, with words about them; the definitions are files of `inference.presets`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.pipelines.forms import STARTER
from inference.presets import presets

SMALLEST = "smallest"
DESCRIPTIONS: dict[str, Promise] = {
    SMALLEST: _("One model answers from the instruction alone. The shortest definition that works."),
    "search-llm": _(
        "Visual search, a language model that writes the query, text search, and the same model that answers from what "
        "was found. Runs as it is."
    ),
    "search-vlm": _(
        "As before, but a model that reads pictures writes the query and describes the picture. Needs such a model: "
        "see the first lines."
    ),
    "direct-vlm": _("One model that reads pictures answers at once. Needs such a model: see the first lines."),
}


@dataclass(frozen=True)
class Preset:
    name: str
    description: Promise
    source: str


def offered() -> list[Preset]:
    sources = {SMALLEST: STARTER, **presets()}
    return [Preset(name, text, sources[name]) for name, text in DESCRIPTIONS.items()]


def chosen(name: str) -> Preset:
    """The one of that name, else the smallest."""
    found = offered()
    return next((preset for preset in found if preset.name == name), found[0])
