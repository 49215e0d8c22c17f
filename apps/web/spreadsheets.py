"""What may stand in a cell of somebody's spreadsheet."""

import re

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def printable(text: str) -> str:
    """Text without control characters, each shown as the sign for "no such character"."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def harmless(text: str) -> str:
    """Text with an apostrophe before it if a spreadsheet would take it for a formula, and no control characters.

    Numbers never pass through here, so -0.1 stays a number (OWASP, "CSV injection").
    """
    clean = printable(text)
    return f"'{clean}" if clean.startswith(RUNS) else clean
