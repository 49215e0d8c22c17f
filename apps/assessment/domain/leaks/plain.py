"""An answer as its reader sees it: without the marks of Markdown and what else can stand inside a word unseen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from unicodedata import normalize

# Zero-width and soft-hyphen characters, marks of direction, variation selectors.
UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
ACCENTS = "\u0300-\u036f"
ODD = re.compile(
    r"\\[!-/:-@\[-`{-~]"  # an escape
    r"|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"  # an entity
    rf"|(?:[^\x00-\x7fа-яёА-ЯЁ]|\w(?=[{ACCENTS}]))[{ACCENTS}]{{0,8}}"
)
DROPPED = re.compile(f"[{UNSEEN}]")
# A long dash is a hyphen only before a number: elsewhere what follows is no part of a name.
HYPHENS = re.compile(r"[\u2010-\u2013\u2212]")
DASHES = re.compile(r"[\u2014\u2015](?=\d)")
LINK_END = r"\]\([^()\s]{0,300}\)"
MARKS = re.compile(rf"[*`~]+|(?<![^\W_])_+|_+(?![^\W_])|\[(?=[^\[\]\n]{{0,200}}\]\()|{LINK_END}")


@dataclass(frozen=True)
class Plain:
    """`text[i]` stands for `stored[starts[i]:ends[i]]`."""

    text: str
    starts: list[int]
    ends: list[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]`, not empty, stands in the stored text."""
        return self.starts[start], self.ends[end - 1]


def views(stored: str) -> Iterator[Plain]:
    """Once with the marks of emphasis, links and code, since they part what stands before and after them; once without,
    since they may stand inside a name."""
    marked = seen(stored)
    yield marked
    if bare := without_marks(marked):
        yield bare


def plain_text(stored: str) -> str:
    """The last view's text."""
    return MARKS.sub("", seen(stored).text)


def seen(stored: str) -> Plain:
    """Escapes and entities resolved, compatibility forms folded (NFKC), what is unseen left out. Linear in time."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for odd in ODD.finditer(stored):
        start, end = odd.span()
        shown = resolved(odd.group())
        parts += [stored[done:start], shown]
        starts += [*range(done, start), *[start] * len(shown)]
        ends += [*range(done + 1, start + 1), *[end] * len(shown)]
        done = end
    starts += range(done, len(stored))
    ends += range(done + 1, len(stored) + 1)
    return Plain(DASHES.sub("-", "".join([*parts, stored[done:]])), starts, ends)


@lru_cache(maxsize=4096)
def resolved(odd: str) -> str:
    shown = unescape(odd) if odd.startswith("&") else odd.removeprefix("\\")
    return HYPHENS.sub("-", DROPPED.sub("", normalize("NFKC", shown)))


def without_marks(marked: Plain) -> Plain | None:
    """None when there are none."""
    kept: list[tuple[int, int]] = []
    done = 0
    for mark in MARKS.finditer(marked.text):
        kept.append((done, mark.start()))
        done = mark.end()
    if not kept:
        return None
    kept.append((done, len(marked.text)))
    return Plain(
        "".join(marked.text[start:end] for start, end in kept),
        [place for start, end in kept for place in marked.starts[start:end]],
        [place for start, end in kept for place in marked.ends[start:end]],
    )
