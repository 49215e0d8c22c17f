"""How much data a claim needs before it may be made."""

from dataclasses import dataclass

MIN_TASKS, MIN_ASSESSORS = 30, 5
CELL_MIN_TASKS, CELL_MIN_ASSESSORS = 20, 5


@dataclass(frozen=True)
class Gate:
    """How many are missing of each; passed when none is."""

    tasks_missing: int
    assessors_missing: int

    @property
    def passed(self) -> bool:
        return not (self.tasks_missing or self.assessors_missing)


def verdict_gate(tasks: int, assessors: int) -> Gate:
    """A verdict needs 30 tasks and 5 assessors: with fewer, t quantiles and cluster counts make intervals guesses."""
    return Gate(max(0, MIN_TASKS - tasks), max(0, MIN_ASSESSORS - assessors))


def cell_gate(tasks: int, assessors: int) -> Gate:
    """A group inside a report needs 20 tasks and 5 assessors, or it is marked as having too little data."""
    return Gate(max(0, CELL_MIN_TASKS - tasks), max(0, CELL_MIN_ASSESSORS - assessors))
