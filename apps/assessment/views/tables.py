"""Cells of tables for a spreadsheet."""

from django.utils import timezone

from apps.assessment.queries.paid import Paid


def work_cells(row: Paid) -> list[str | int]:
    """Month, comparisons, hours, first and last moment."""
    first, last = (timezone.localtime(moment).isoformat(timespec="minutes") for moment in (row.first_at, row.last_at))
    return [timezone.localtime(row.month).strftime("%Y-%m"), row.judged, f"{row.hours:.2f}", first, last]
