"""What the loaders of official JSON share: a row at a time, and what is wrong with it told with its place and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.benchmarks.domain.questions import Malformed, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


def each(
    rows: Iterable[Mapping[str, Any]], key: str, question_of: Callable[[Mapping[str, Any]], Question]
) -> Iterator[Question | Malformed]:
    for place, row in enumerate(rows, start=1):
        name = str(row.get(key, "")) if isinstance(row, dict) else ""
        try:
            yield question_of(row)
        except Malformed as error:
            yield error.at(place, name)
        except KeyError as error:
            yield Malformed(f"It has no `{error.args[0]}`. Fill the field in, or correct its name.", place, name)
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            yield Malformed(f"A field is of the wrong kind: {error}. Correct the row.", place, name)
