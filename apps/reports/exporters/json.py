"""The frozen numbers as they are stored, with their hash around them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.reports.models import Report

name, suffix, media_type, label = "json", ".json", "application/json", "JSON"


def render(report: Report) -> bytes:
    envelope = {
        "report": str(report.public_id),
        "frozen_at": report.created_at.isoformat(),
        "code_version": report.code_version,
        "sha256": report.sha256,
        "report_number": report.number,
        "interim": report.is_interim,
        "numbers": report.numbers,
    }
    return json.dumps(envelope, ensure_ascii=False, indent=2, allow_nan=False).encode() + b"\n"
