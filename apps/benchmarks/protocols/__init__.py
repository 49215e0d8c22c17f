"""Protocols: named, versioned metric definitions, found by looking into this folder.

A file defines `PROTOCOLS`, as a rule the official rule and, where that is odd, a `strict` sibling. Its steps are pure:
what an answer says (`parse`), what that is worth (`score`), what many are worth together (`aggregate`). A change that
moves any number is a new version, `name@2`, in a file of its own.
"""

import importlib
import pkgutil
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.items import Item, Mark, Outcome, References, Row
from apps.benchmarks.domain.metrics import Metrics, mean_metric
from apps.benchmarks.refusals import has_references

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

__all__ = ["Item", "Mark", "Protocol", "References", "Row", "UnknownProtocol", "by_name", "find_protocol", "protocols"]

SEED = 42  # of the official scripts that guess at random
Parsed = Any


@dataclass(frozen=True)
class Protocol:
    """`refusal(item)` says why an item's truth can't be used, None when it can. `parse(item, text)` gives what is
    compared, None when it finds nothing; then `guess(item, chance)` says what the official script takes instead, and
    without `guess` the item scores 0. `score(item, parsed)` lies within 0..`top`, and is the score called `headline`.

    `together` scores all items at once instead, for scores that depend on the others. `by` names fields whose values
    make rows of a table; `fields` documents what items need beside id, prediction and references. `missing()` says
    which figures can't be computed on this machine, and why.
    """

    name: str
    title: "StrPromise"
    parse: Callable[[Item, str], Parsed]
    score: Callable[[Item, Parsed], float]
    refusal: Callable[[Item], str | None] = has_references
    guess: Callable[[Item, random.Random], Parsed] | None = None
    together: Callable[[Sequence[Item], Sequence[Parsed]], list[Mapping[str, float]]] | None = None
    aggregate: Callable[[Sequence[Row]], Metrics] | None = None
    headline: str = "accuracy"
    top: float = 1.0
    by: tuple[str, ...] = ("category",)
    fields: Mapping[str, str] | None = None
    missing: Callable[[], Mapping[str, str]] = dict

    def read(self, item: Item, text: str | None, chance: random.Random) -> tuple[Outcome, Parsed]:
        if text is None:
            return "failed", None
        parsed = self.parse(item, text)
        if parsed is not None:
            return "scored", parsed
        return "unparsed", None if self.guess is None else self.guess(item, chance)

    def mark_all(self, items: Sequence[Item], texts: Sequence[str | None]) -> list[Mark]:
        """`texts[i]` is None when the pipeline gave no answer. Guesses are drawn in the order of items, seed 42."""
        chance = random.Random(SEED)  # noqa: S311 - the official guess, not a secret
        readings = [self.read(item, text, chance) for item, text in zip(items, texts, strict=True)]
        if self.together is not None:
            scores = self.together(items, [parsed for _outcome, parsed in readings])
        else:
            scores = [
                {self.headline: 0.0 if parsed is None else self.score(item, parsed)}
                for item, (_outcome, parsed) in zip(items, readings, strict=True)
            ]
        return [Mark(*reading, each) for reading, each in zip(readings, scores, strict=True)]

    def mark(self, text: str | None, item: Item) -> Mark:
        return self.mark_all([item], [text])[0]

    def value(self, mark: Mark) -> float:
        """The headline score on 0..1."""
        return mark.scores.get(self.headline, 0.0) / self.top

    def metrics(self, rows: Sequence[Row]) -> Metrics:
        """Over at least one row."""
        return {self.headline: mean_metric(rows, self.headline)} if self.aggregate is None else self.aggregate(rows)

    def groups(self, rows: Sequence[Row]) -> dict[str, dict[str, Metrics]]:
        """Field -> value -> metrics over its rows, for fields of `by` that have at least two values."""
        tables: dict[str, dict[str, Metrics]] = {}
        for field in self.by:
            found: dict[str, list[Row]] = {}
            for row in rows:
                found.setdefault(row.item.fact(field), []).append(row)
            if len(found) > 1:
                tables[field] = {label: self.metrics(some) for label, some in sorted(found.items())}
        return tables


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
    modules = [importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    return by_name(protocol for module in modules for protocol in module.PROTOCOLS)


def find_protocol(name: str) -> Protocol:
    try:
        return protocols()[name]
    except KeyError:
        raise UnknownProtocol(name) from None
