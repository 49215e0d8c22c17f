"""What a task of a judge's run is about: its key says which comparison, and which answer stands first."""

from __future__ import annotations

from uuid import UUID

from apps.judges.domain.combining import A_FIRST, B_FIRST

LONGEST = 120  # characters of the original key, so that the whole fits a task's


def key_of(task_key: str, comparison: UUID, order: str) -> str:
    """The original key is for readers alone."""
    return f"{task_key[:LONGEST]}/{comparison.hex}/{order}"


def read_key(key: str) -> tuple[UUID, str]:
    """Comparison and order. Raises ValueError for a key that `key_of` did not make."""
    _original, comparison, order = key.rsplit("/", 2)
    if order not in (A_FIRST, B_FIRST):
        raise ValueError(f"{order!r} is no order of two answers")
    return UUID(comparison), order
