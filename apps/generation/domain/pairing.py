"""Which two runs to set side by side, before the person says."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class ComparableRun(Protocol):
    public_id: UUID
    revision_id: int


def suggest_pair(runs: Sequence[ComparableRun], *, wanted: str = "") -> tuple[UUID, UUID] | None:
    """(candidate, baseline) out of comparable runs, newest first: the wanted or newest one, and another revision's.

    None when fewer than two runs are there to choose from.
    """
    if len(runs) < 2:
        return None
    candidate = next((run for run in runs if str(run.public_id) == wanted), runs[0])
    others = [run for run in runs if run is not candidate]
    baseline = next((run for run in others if run.revision_id != candidate.revision_id), others[0])
    return candidate.public_id, baseline.public_id
