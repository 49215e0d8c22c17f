"""Which known name was meant? Few comparisons, however many names there are."""

import difflib
from bisect import bisect_left
from collections.abc import Iterable

_NEIGHBOURS = 10


class NameIndex:
    """Names in the order of their beginnings and of their ends: a slip leaves at least one of the two whole."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_lower = {name.lower(): name for name in names}
        self._forwards = sorted(self._by_lower)
        self._backwards = sorted(name[::-1] for name in self._by_lower)

    def nearest(self, name: str) -> str | None:
        """The same name but for upper and lower case, else the most alike of its neighbours in either order."""
        name = name.lower()
        if name in self._by_lower:
            return self._by_lower[name]
        neighbours = _around(self._forwards, name) + [end[::-1] for end in _around(self._backwards, name[::-1])]
        alike = difflib.get_close_matches(name, neighbours, n=1)
        return self._by_lower[alike[0]] if alike else None


def _around(ordered: list[str], name: str) -> list[str]:
    place = bisect_left(ordered, name)
    return ordered[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
