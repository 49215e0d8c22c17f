"""Writes one script's table into `perf/results.md` or another page, replacing its former one."""

import re
from pathlib import Path

RESULTS = Path(__file__).parent / "results.md"
TITLE = "# Measured\n\nEach table is made by the script it names; run it again to check.\n"


def write_section(title: str, note: str, head: list[str], rows: list[list[str]], page: Path = RESULTS) -> None:
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    section = f"## {title}\n{note}\n\n" + "\n".join(lines) + "\n"
    text = page.read_text() if page.exists() else TITLE
    old = re.compile(rf"## {re.escape(title)}\n.*?(?=\n## |\Z)", re.DOTALL)
    text = old.sub(lambda _: section, text) if old.search(text) else f"{text.rstrip()}\n\n{section}"
    page.write_text(text)
    print(section)
