"""The values on which a prompt is tried: with and without documents and texts, once for each language it speaks of."""

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import nodes

from inference.declare import Doc, Kind

DOC = Doc(id="1", title="Title", text="Text", score=1.0, source="Source").as_json()
FULL: Mapping[Kind, Any] = {"text": "Text", "docs": [DOC, DOC]}
ONE: Mapping[Kind, Any] = {"text": "Text", "docs": [DOC]}
NOTHING: Mapping[Kind, Any] = {"text": "", "docs": []}
LANGUAGES = ("en", "ru")
MOST_LANGUAGES, MOST_TRIALS = 6, 300

Trial = tuple[dict[str, Any], str]  # values by name; the names of those that are empty


def trials(tree: nodes.Template, variables: Mapping[str, Kind]) -> Iterator[Trial]:
    """All full, all empty, each one empty by itself and each one alone full. `language` is never empty."""
    kinds = {name: kind for name, kind in sorted(variables.items()) if kind != "image" and name != "language"}
    settings = list(mixtures(kinds))
    languages = languages_of(tree)[: max(1, min(MOST_LANGUAGES, MOST_TRIALS // len(settings)))]
    for values in settings:
        empty = ", ".join(name for name, value in values.items() if not value)
        for language in languages:
            yield {**values, "language": language}, empty


def mixtures(kinds: Mapping[str, Kind]) -> Iterator[dict[str, Any]]:
    full, nothing = filled(kinds, FULL), filled(kinds, NOTHING)
    yield full
    yield filled(kinds, ONE)
    yield nothing
    for name in kinds:
        yield {**full, name: nothing[name]}
        yield {**nothing, name: full[name]}


def filled(kinds: Mapping[str, Kind], values: Mapping[Kind, Any]) -> dict[str, Any]:
    return {name: values[kind] for name, kind in kinds.items()}


def languages_of(tree: nodes.Template) -> list[str]:
    """Those that the prompt compares with come first."""
    compared = [
        node for node in tree.find_all(nodes.Compare) if "language" in {n.name for n in node.find_all(nodes.Name)}
    ]
    named = [const.value for node in compared for const in node.find_all(nodes.Const) if isinstance(const.value, str)]
    return list(dict.fromkeys([*named[: MOST_LANGUAGES - 1], *LANGUAGES, *named]))
