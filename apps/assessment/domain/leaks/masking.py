"""What an assessor reads in place of a leak."""

from collections.abc import Iterable

MASK = "▮▮▮"  # always as long, so that its length tells nothing


def mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with a mask for every (start, end); those with nothing but blanks between them share one mask, since a
    row of masks would tell how much is hidden."""
    parts: list[str] = []
    done = 0
    for start, end in sorted(spans):
        between = text[done:start]
        if not parts or between.strip():
            parts += [between, MASK]
        done = max(done, end)
    return "".join(parts) + text[done:]
