"""What the loaders of official JSON share: a row at a time, and what is wrong with it told with its place and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext

from apps.benchmarks.domain.questions import Malformed
from apps.benchmarks.loaders.json_files import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")


def each(
    rows: Iterable[Mapping[str, Any]], key: str, read: Callable[[Mapping[str, Any]], T]
) -> Iterator[T | Malformed]:
    """What `read` makes of every row, as a rule a question; a row that it can't read is Malformed, with its place."""
    for place, row in enumerate(rows, start=1):
        if isinstance(row, Broken):
            yield Malformed(row.why, place)
            continue
        name = str(row.get(key, ""))
        try:
            yield read(row)
        except Malformed as error:
            yield error.at(place, name)
        except KeyError as error:
            words = gettext("It has no `%(name)s`. Fill it in, or correct its name.")
            yield Malformed(words % {"name": error.args[0]}, place, name)
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            words = gettext("A field is of the wrong kind: %(error)s. Correct the row.")
            yield Malformed(words % {"error": error}, place, name)
