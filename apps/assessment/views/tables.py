"""Tables for a spreadsheet: UTF-8 with a byte order mark, no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils import timezone

from apps.assessment.queries.paid import Paid
from apps.web.spreadsheets import harmless


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def work_cells(row: Paid) -> list[str | int]:
    """Month, comparisons, hours, first and last moment."""
    first, last = (timezone.localtime(moment).isoformat(timespec="minutes") for moment in (row.first_at, row.last_at))
    return [timezone.localtime(row.month).strftime("%Y-%m"), row.judged, f"{row.hours:.2f}", first, last]
