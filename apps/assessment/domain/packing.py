"""A judgment's ratings as bytes: for each criterion, by position, the preference; then for those asked of each answer
the values of A and B. The database holds the same rule (`packed_rating`, migration 0013) and compares."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from apps.assessment.domain.criteria import COMPARATIVE

NO_VALUE = -1


class Rated(NamedTuple):
    """In terms of the pipelines; as `models.Rating`."""

    preference: int | None
    value_a: int | None = None
    value_b: int | None = None


NOTHING = Rated(None)


def pack_ratings(criteria: Iterable[tuple[str, str]], said: Mapping[str, Rated]) -> bytes:
    """`criteria`: keys and kinds by position. A preference is one byte, 2 more than it is, 0 where there is none; a
    value two bytes, big-endian, -1 where there is none."""
    return b"".join(_packed(kind, said.get(key, NOTHING)) for key, kind in criteria)


def _packed(kind: str, rated: Rated) -> bytes:
    packed = bytes([0 if rated.preference is None else rated.preference + 2])
    if kind == COMPARATIVE:
        return packed
    return packed + struct.pack(">hh", *(NO_VALUE if value is None else value for value in rated[1:]))


def packed_layout(criteria: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """As fields of numpy: "<key>" the preference, "<key>/a" and "<key>/b" the values."""
    fields = []
    for key, kind in criteria:
        fields.append((key, "u1"))
        fields += [] if kind == COMPARATIVE else [(f"{key}/{side}", ">i2") for side in "ab"]
    return fields
