"""What may stand in a cell of somebody's spreadsheet, and whole tables as an answer."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has none of these


def printable(text: str) -> str:
    """Text without control characters, each shown as the sign for "no such character"."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def harmless(text: str) -> str:
    """Text with an apostrophe before it if a spreadsheet would take it for a formula, and no control characters.

    Numbers never pass through here, so -0.1 stays a number (OWASP, "CSV injection").
    """
    clean = printable(text)
    return f"'{clean}" if clean.startswith(RUNS) else clean


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """UTF-8 with a byte order mark; texts below the head are made `harmless`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response
