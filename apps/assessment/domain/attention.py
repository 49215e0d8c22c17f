"""What the assessor's browser says of attention: seconds of work and the parts of the page that were seen."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

PARTS = frozenset({"pictures", "answer-1", "answer-2"})
IDLE_SECONDS = 30.0  # without a key, a pointer or a scroll for longer than this, the rest of a pause is no work


@dataclass(frozen=True)
class Attention:
    """`active_ms`: the page visible and somebody at work, milliseconds, as the browser counted. `seen`: parts of
    `PARTS` seen to their end. None when the browser, or a program in its place, did not say."""

    active_ms: int | None = None
    seen: frozenset[str] | None = None


UNSAID = Attention()


@dataclass(frozen=True)
class Shown:
    """A comparison that the page shows already while the judgment before it is on its way."""

    place: UUID
    lease: int
    since: datetime

    def is_place(self, place: UUID, lease: int) -> bool:
        return (self.place, self.lease) == (place, lease)

    def after(self, end: datetime) -> "Shown":
        """Whatever the page says, not before the one before it was left."""
        return replace(self, since=max(self.since, end))


def attention_said(active_ms: int | None, seen: str) -> Attention:
    """From the form's fields; unknown words are dropped, an empty `seen` says nothing (a page always sends a dash)."""
    return Attention(active_ms, PARTS & set(seen.split()) if seen.strip() else None)


def active_seconds(said: Attention, shown_seconds: float) -> float | None:
    """Never more than the server saw pass between showing and submit."""
    return None if said.active_ms is None else min(max(0, said.active_ms) / 1000, shown_seconds)


def seen_text(parts: Iterable[str] | None) -> str | None:
    return None if parts is None else " ".join(sorted(parts))
