"""The first pass over a table: every row is read and judged, every picture decoded; nothing is written but staging."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext

from apps.buckets.domain import limits
from apps.buckets.domain.problems import WHOLE_FILE, PictureProblem, Problem
from apps.buckets.domain.rows import TaskRow, parse_row
from apps.buckets.importers.refusal import Refusals, refuse
from apps.buckets.importers.registry import importer_for, table_suffixes
from apps.web.progress import Tell, tell_nobody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from apps.buckets.pictures.staging import StagingArea


@dataclass(frozen=True)
class CheckedTable:
    """A table without a fault: `rows()` reads it again, in constant memory."""

    table: Path
    tasks: int

    def rows(self) -> Iterator[TaskRow]:
        """Raises ImportRefused when the file is no longer what was checked."""
        count = 0
        for row in _parsed(self.table):
            if not isinstance(row, TaskRow):
                raise refuse(Problem(row[0].row, "", "changed_while_read"))
            yield row
            count += 1
        if count != self.tasks:
            raise refuse(Problem(WHOLE_FILE, "", "changed_while_read"))


def check_table(table: Path, staging: StagingArea, tell: Tell = tell_nobody) -> CheckedTable:
    """Collect every problem of the table and its pictures. Raises ImportRefused if there is one."""
    refusals = Refusals()
    first_rows: dict[str, int] = {}
    seen = 0
    for seen, parsed in enumerate(_parsed(table), start=1):
        if seen > limits.MAX_TASKS:
            raise refuse(Problem(WHOLE_FILE, "", "too_many_tasks", {"most": limits.MAX_TASKS}))
        for problem in _row_problems(parsed, first_rows, staging) if isinstance(parsed, TaskRow) else parsed:
            refusals.add(problem)
        tell(pgettext("progress", "Checking rows and pictures"), seen)
    if not seen:
        refusals.add(Problem(WHOLE_FILE, "", "no_tasks"))
    refusals.raise_if_any()
    return CheckedTable(table, seen)


def _parsed(table: Path) -> Iterator[TaskRow | list[Problem]]:
    importer = importer_for(table)
    if importer is None:
        facts = {"suffix": table.suffix[:20] or table.name[:40], "known": ", ".join(table_suffixes())}
        raise refuse(Problem(WHOLE_FILE, "", "unknown_format", facts))
    try:
        if table.stat().st_size > limits.MAX_TABLE_BYTES:
            most = limits.MAX_TABLE_BYTES // limits.MEGABYTE
            raise refuse(Problem(WHOLE_FILE, "", "table_too_large", {"most_mb": most}))
        for raw in importer.read(table):
            yield [raw] if isinstance(raw, Problem) else parse_row(raw)
    except OSError as error:
        raise refuse(Problem(WHOLE_FILE, "", "no_file", {"name": table.name[:80]})) from error


def _row_problems(task: TaskRow, first_rows: dict[str, int], staging: StagingArea) -> Iterator[Problem]:
    first = first_rows.setdefault(task.key, task.row)
    if first != task.row:
        yield Problem(task.row, "key", "duplicate_key", {"key": task.key[:80], "first": first})
    for name in task.images:
        try:
            staging.stage(name)
        except PictureProblem as problem:
            yield problem.at(task.row, "images")
