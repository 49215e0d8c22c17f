"""What a cell of a report's table may hold; text goes through `harmless`."""

from __future__ import annotations

from apps.web.spreadsheets import harmless, printable

Cell = float | int | str | bool | None
__all__ = ["Cell", "harmless", "printable"]
