"""Pages to hand over: verdict, charts, tables and method on A4, in the language that is active."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.reports.models import Report

name, suffix, media_type, label = "pdf", ".pdf", "application/pdf", "PDF"


def render(report: Report) -> bytes:
    from apps.reports.paper.document import make_pdf  # matplotlib takes a second: only who wants a PDF pays it

    return make_pdf(report)
