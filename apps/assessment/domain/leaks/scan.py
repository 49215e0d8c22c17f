"""One answer, everything in it that would unblind an assessor."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from apps.assessment.domain.leaks.echoes import find_echoes
from apps.assessment.domain.leaks.lexicon import PATTERNS, START, STEMS, any_of
from apps.assessment.domain.leaks.own import COMPONENTS
from apps.assessment.domain.leaks.plain import Plain, plain_text, views
from apps.assessment.domain.leaks.selves import SELVES
from apps.assessment.domain.leaks.spans import Span, merge, spans_of
from apps.assessment.domain.leaks.tokens import STRIKE, THOUGHTS, TOKENS

MOST_SPANS = 50  # in one answer; the last then reaches to the answer's end, so nothing behind it is missed


@dataclass(frozen=True)
class Secrets:
    """Of both compared revisions, since either's name in an answer tells: names and the fixed texts of prompts."""

    names: frozenset[str] = frozenset()
    prompts: tuple[str, ...] = ()


def scan_answer(text: str, secrets: Secrets, *, trace: object = (), instruction: str = "") -> list[Span]:
    """The leaks in order, disjoint, `MOST_SPANS` at most. Own names that the instruction says are no leak: whoever
    answers may repeat them. What is searched is the text as rendered; places are those of the stored one."""
    asked = plain_text(instruction).casefold()
    said = {plain_text(name).strip() for name in secrets.names}
    names = frozenset(name for name in said if name and name.casefold() not in asked)
    found = []
    for view in views(text):
        found += [stored(span, view, text) for span in by_form(view.text, names)]
    echoes = find_echoes(view.text, secrets.prompts, trace, instruction)
    found = merge([*found, *(stored(span, view, text) for span in echoes)], text)
    if len(found) > MOST_SPANS:
        last = found[MOST_SPANS - 1]
        found = [*found[: MOST_SPANS - 1], Span(last.start, len(text), last.kind, text[last.start :])]
    return found


def stored(span: Span, view: Plain, text: str) -> Span:
    start, end = view.place(span.start, span.end)
    return Span(start, end, span.kind, text[start:end])


def by_form(text: str, names: Iterable[str]) -> Iterator[Span]:
    yield from spans_of("self", SELVES, text)
    yield from spans_of("name", STEMS, text)
    yield from spans_of("name", PATTERNS, text)
    yield from spans_of("own", own_pattern(frozenset(names)), text)
    yield from spans_of("token", THOUGHTS, text)
    yield from spans_of("token", TOKENS, text)
    for found in STRIKE.finditer(text):
        if found.group(1):
            yield Span(found.start(), found.end(), "token", found.group())


@lru_cache(maxsize=64)
def own_pattern(names: frozenset[str]) -> re.Pattern[str]:
    """Whole words, whatever the case and the punctuation between their parts."""
    return re.compile(rf"{START}{any_of([*names, *COMPONENTS])}(?![^\W_])", re.IGNORECASE)
