"""A file of predictions and their truth, scored without any pipeline: `{"items": [{"id", "prediction", …}]}`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.questions import LETTERS

if TYPE_CHECKING:
    from apps.benchmarks.domain.metrics import Metrics
    from apps.benchmarks.protocols import Protocol

_OWN = {"id", "prediction", "references", "choices", "group", "category"}


@dataclass(frozen=True)
class BadItem:
    """`place` counts from 1; `id` is "" where there is none."""

    place: int
    id: str
    message: str


@dataclass(frozen=True)
class Predictions:
    """What can be scored, `texts[i]` None where no answer was given, and what can't. `ids` are as the file has them."""

    items: list[Item]
    texts: list[str | None]
    ids: list[object]
    bad: list[BadItem]


class _Malformed(Exception):
    pass


def read_predictions(body: object, protocol: Protocol) -> Predictions:
    """Raises ValueError when `body` is no object with a list of `items`."""
    rows = body.get("items") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise ValueError(  # noqa: TRY004 - a file's mistake
            gettext('The file needs the form {"items": [{"id": …, "prediction": …, "references": …}]}.')
        )
    found = Predictions([], [], [], [])
    seen: dict[str, int] = {}
    for place, raw in enumerate(rows, start=1):
        try:
            item, text = _item(raw)
            _check(item, seen.setdefault(item.id, place), place, protocol)
        except _Malformed as error:
            name = str(raw.get("id", ""))[:80] if isinstance(raw, dict) else ""
            found.bad.append(BadItem(place, name.encode(errors="replace").decode(), str(error)))
        else:
            found.items.append(item)
            found.texts.append(text)
            found.ids.append(raw["id"])
    return found


def _check(item: Item, first: int, place: int, protocol: Protocol) -> None:
    if first != place:
        message = gettext("The id %(id)s was used by item %(first)s. Give every item its own.")
        raise _Malformed(message % {"id": item.id, "first": first})
    if refusal := protocol.refusal(item):
        raise _Malformed(refusal)


def _item(raw: object) -> tuple[Item, str | None]:
    if not isinstance(raw, dict):
        raise _Malformed(gettext("It is not an object. Write it in braces, with its fields by name."))
    if raw.get("id") in (None, ""):
        raise _Malformed(gettext("It has no `id`. Give every item one."))
    if "prediction" not in raw:
        raise _Malformed(gettext("It has no `prediction`. Give a text, or null where there was no answer."))
    text = raw["prediction"]
    item = Item(
        id=_text(raw["id"], "id"),
        references=_references(raw.get("references", [])),
        choices=_choices(raw.get("choices")),
        group=_optional(raw.get("group"), "group"),
        category=_optional(raw.get("category"), "category"),
        facts={name: _fact(value, name) for name, value in raw.items() if name not in _OWN},
    )
    return item, None if text is None else _text(text, "prediction")


def _text(value: object, field: str) -> str:
    """A text or a number as text. Raises _Malformed for all else, and for half of a character: it has no UTF-8."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            message = gettext("`%(field)s` has half of a character (a lone surrogate). Write the text anew, in UTF-8.")
            raise _Malformed(message % {"field": field})
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Malformed(gettext("`%(field)s` must be a text or a number. Write it in quotes.") % {"field": field})
    return str(value)


def _optional(value: object, field: str) -> str:
    """A group may be 0."""
    return "" if value is None else _text(value, field)


def _fact(value: object, field: str) -> object:
    return _text(value, field) if isinstance(value, str) else value


def _references(raw: object) -> tuple[str, ...]:
    values = raw if isinstance(raw, list) else [raw]
    texts = [value.get("answer") if isinstance(value, dict) else value for value in values]
    if any(isinstance(text, bool) or not isinstance(text, str | int | float) for text in texts):
        raise _Malformed(gettext("`references` must be a list of texts, or of objects with an `answer`."))
    return tuple(_text(text, "references") for text in texts)


def _choices(raw: object) -> dict[str, str]:
    """By letter; a list gets A, B, C, …"""
    if raw is None:
        return {}
    if isinstance(raw, list) and len(raw) <= len(LETTERS):
        return {letter: _text(text, "choices") for letter, text in zip(LETTERS, raw, strict=False)}
    if not isinstance(raw, Mapping) or not set(raw) <= set(LETTERS):
        raise _Malformed(gettext("`choices` must be a list of at most 26 texts, or texts by capital letter."))
    return {letter: _text(text, "choices") for letter, text in raw.items() if text is not None}


def score_items(protocol: Protocol, items: Sequence[Item], texts: Sequence[str | None]) -> dict[str, Any]:
    """The result of `manage.py score`, ready for JSON."""
    marks = protocol.mark_all(items, texts)
    rows = [Row(item, mark) for item, mark in zip(items, marks, strict=True)]
    return {
        "protocol": protocol.name,
        "metrics": as_numbers(protocol.metrics(rows)),
        "groups": as_tables(protocol.groups(rows)),
        "items": [
            {
                "id": row.item.id,
                "parsed": shown(row.mark.parsed),
                "outcome": row.mark.outcome,
                "scores": dict(row.mark.scores),
            }
            for row in rows
        ],
    }


def shown(parsed: object) -> object:
    """JSON has no infinite numbers, which an open answer may name (1e999)."""
    if isinstance(parsed, list):
        return [shown(each) for each in parsed]
    return str(parsed) if isinstance(parsed, float) and not math.isfinite(parsed) else parsed


def as_tables(groups: Mapping[str, Mapping[str, Metrics]]) -> dict[str, dict[str, Any]]:
    return {field: {label: as_numbers(some) for label, some in table.items()} for field, table in groups.items()}


def as_numbers(metrics: Metrics) -> dict[str, dict[str, float | None]]:
    return {name: asdict(metric) for name, metric in metrics.items()}
