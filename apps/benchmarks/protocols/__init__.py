"""Protocols: named, versioned metric definitions, one file each, found by looking into this folder.

A file defines `PROTOCOL`. Its steps are pure: what an answer says (`parse`), what that is worth (`score`). A change
that moves any number is a new version, `name@2`, in a file of its own.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

References = Sequence[str]
Outcome = Literal["scored", "unparsed", "failed"]


@dataclass(frozen=True)
class Mark:
    """What one answer got. `value` is 0 unless the outcome is `scored`: nothing is guessed and nothing left out."""

    outcome: Outcome
    parsed: str | None
    value: float


@dataclass(frozen=True)
class Protocol:
    """`refusal` says why a task's references can't be scored, None when they can; `score` is within 0..1."""

    name: str
    title: "StrPromise"
    refusal: Callable[[References], str | None]
    parse: Callable[[str], str | None]
    score: Callable[[str, References], float]

    def mark(self, text: str | None, references: References) -> Mark:
        """`text` is None when the pipeline gave no answer."""
        if text is None:
            return Mark("failed", None, 0.0)
        parsed = self.parse(text)
        return Mark("unparsed", None, 0.0) if parsed is None else Mark("scored", parsed, self.score(parsed, references))


class UnknownProtocol(LookupError):
    """No file of this folder defines a protocol of that name and version."""


def by_name(found: Iterable[Protocol]) -> dict[str, Protocol]:
    """In the order of names. Raises ValueError when two files claim one name."""
    named: dict[str, Protocol] = {}
    for protocol in sorted(found, key=lambda each: each.name):
        if protocol.name in named:
            raise ValueError(f"two files define the protocol {protocol.name}")
        named[protocol.name] = protocol
    return named


@cache
def protocols() -> dict[str, Protocol]:
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    return by_name(importlib.import_module(f"{__name__}.{name}").PROTOCOL for name in names)


def find_protocol(name: str) -> Protocol:
    try:
        return protocols()[name]
    except KeyError:
        raise UnknownProtocol(name) from None
