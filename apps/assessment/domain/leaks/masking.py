"""What an assessor reads in place of a leak."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from apps.assessment.domain.leaks.plain import LINK_END

MASK = "▮▮▮"  # always as long, so that its length tells nothing
MARK = re.compile(r"(?<!\\)(?:\*+|`+|~+|(?<![^\W_])_+|_+(?![^\W_]))")
LINK_AFTER = re.compile(LINK_END)
MARK_BEFORE = re.compile(r"([*_`~])\1{0,9}\Z")
MARK_AFTER = re.compile(r"([*_`~])\1{0,9}")


@dataclass(frozen=True)
class Hidden:
    """`text[start:end]` is replaced by `opening`, the mask and `closing`: marks whose partner stays on the page."""

    start: int
    end: int
    opening: str = ""
    closing: str = ""


def mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """`text` with a mask for every (start, end); those with nothing but blanks between them share one mask, since a
    row of masks would tell how much is hidden. Emphasis and code around the rest stay as they were."""
    parts: list[str] = []
    done = 0
    for hidden in sorted((cover(text, *span) for span in spans), key=lambda hidden: hidden.start):
        between = text[done : hidden.start]
        if not parts or between.strip() or hidden.opening:
            parts += [between, hidden.opening, MASK]
        parts.append(hidden.closing)
        done = max(done, hidden.end)
    return "".join(parts) + text[done:]


def cover(text: str, start: int, end: int) -> Hidden:
    """The place, widened over marks around it whose partner is inside or on its other side."""
    start, end = cover_link(text, start, end)
    lone: list[re.Match[str]] = []
    for mark in MARK.finditer(text, start, end):
        if lone and lone[-1].group() == mark.group():
            lone.pop()
        else:
            lone.append(mark)
    while True:
        before = found.group() if (found := MARK_BEFORE.search(text[max(0, start - 10) : start])) else ""
        after = found.group() if (found := MARK_AFTER.match(text, end)) else ""
        if not lone and before and before == after:
            start, end = start - len(before), end + len(after)
        elif lone and after == lone[-1].group():
            end += len(lone.pop().group())
        elif lone and before == lone[0].group():
            start -= len(lone.pop(0).group())
        else:
            return keep_partners(text, start, end, lone)


def cover_link(text: str, start: int, end: int) -> tuple[int, int]:
    """With the other bracket of a link that is half inside."""
    if text[max(0, start - 1) : start] == "[" and "](" in text[start:end]:
        start -= 1
    if text.rfind("[", start, end) > text.rfind("](", start, end) and (after := LINK_AFTER.match(text, end)):
        end = after.end()
    return start, end


def keep_partners(text: str, start: int, end: int, lone: list[re.Match[str]]) -> Hidden:
    """Only within a line: what spans lines brings its own marks."""
    if "\n" in text[start:end]:
        return Hidden(start, end)
    line_before, line_after = text[text.rfind("\n", 0, start) + 1 : start], text[end:].split("\n", 1)[0]
    opening = [mark.group() for mark in lone if opens(text, mark) and mark.group() in line_after]
    closing = [mark.group() for mark in lone if not opens(text, mark) and mark.group() in line_before]
    return Hidden(start, end, "".join(opening), "".join(closing))


def opens(text: str, mark: re.Match[str]) -> bool:
    before, after = text[max(0, mark.start() - 1) : mark.start()], text[mark.end() : mark.end() + 1]
    return not before.isalnum() and bool(after.strip())
