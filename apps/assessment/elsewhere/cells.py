"""Rows of a table in a text file, separated by commas or tabs."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from apps.assessment.domain.elsewhere import Wrong, gettext_noop

if TYPE_CHECKING:
    from collections.abc import Iterator


def table_rows(text: str) -> Iterator[tuple[int, dict[str, str]] | Wrong]:
    """Row number, from 2 behind the header, and its cells by column. Stops at what can't be read."""
    head = text.split("\n", 1)[0]
    separator = "\t" if head.count("\t") > head.count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        twice = [column for column, times in Counter(rows.fieldnames or []).items() if times > 1]
        if twice:
            yield Wrong(1, twice[0] or "header", gettext_noop("stands twice in the header. Rename one of them."))
            return
        for row, cells in enumerate(rows, start=2):
            if None in cells:
                yield Wrong(
                    row, "line", gettext_noop("has more cells than the header. Put texts with commas in quotes.")
                )
            else:
                yield row, {column: value or "" for column, value in cells.items()}
    except csv.Error as problem:
        why = gettext_noop("can’t be read (%(problem)s). Save it as CSV in UTF-8 with commas.")
        yield Wrong(rows.line_num, "line", why, {"problem": problem})
