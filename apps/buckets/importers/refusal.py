"""Why nothing was imported, in words for the person who made the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.buckets.domain.limits import MAX_ERRORS_SHOWN
from apps.buckets.domain.problems import WHOLE_FILE
from apps.buckets.importers.wording import worded

if TYPE_CHECKING:
    from apps.buckets.domain.problems import Problem


@dataclass(frozen=True)
class RowError:
    """`row` counts as the person's editor does (0: the whole file); texts are in the reader's language."""

    row: int
    field: str
    message: str
    remedy: str

    @property
    def is_whole_file(self) -> bool:
        return self.row == WHOLE_FILE


class ImportRefused(Exception):
    """Nothing was imported. `total` problems were found, of which `errors` are the first 50."""

    def __init__(self, total: int, errors: list[RowError]) -> None:
        super().__init__(f"{total} problem(s); first: {errors[0].message if errors else 'none'}")
        self.total = total
        self.errors = errors

    @property
    def hidden(self) -> int:
        return self.total - len(self.errors)


class Refusals:
    """Counts every problem, keeps the words of the first 50."""

    def __init__(self) -> None:
        self.total = 0
        self.errors: list[RowError] = []

    def add(self, problem: Problem) -> None:
        self.total += 1
        if len(self.errors) < MAX_ERRORS_SHOWN:
            message, remedy = worded(problem)
            self.errors.append(RowError(problem.row, problem.field, message, remedy))

    def raise_if_any(self) -> None:
        if self.total:
            raise ImportRefused(self.total, self.errors)


def refuse(problem: Problem) -> ImportRefused:
    """A refusal for one problem of the whole import."""
    refusals = Refusals()
    refusals.add(problem)
    return ImportRefused(refusals.total, refusals.errors)
