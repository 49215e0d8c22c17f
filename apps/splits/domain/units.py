"""How a unit (a user, a device) is kept: under a pseudonym that differs from split to split."""

import hashlib
from uuid import UUID

LONGEST_UNIT = 200


def unit_pseudonym(split: UUID, unit: str) -> str:
    """64 hex digits. It hides a name from a glance, not from someone who can try out all names.

    Raises ValueError for a unit that is empty, too long or not ASCII (see `hashing`).
    """
    if not unit or len(unit) > LONGEST_UNIT or not unit.isascii():
        raise ValueError(f"a unit is 1 to {LONGEST_UNIT} ASCII characters")
    return hashlib.sha256(f"{split}:{unit}".encode()).hexdigest()
