"""Long stretches of a prompt that came back in the answer."""

import re
from collections.abc import Iterable, Iterator, Mapping

from apps.assessment.domain.leaks.own import objects
from apps.assessment.domain.leaks.plain import plain_text
from apps.assessment.domain.leaks.spans import Span

WORD = re.compile(r"\w{1,60}")
LONG, SHORTEST = 8, 5  # words; a piece of a template that is shorter than LONG counts when it is repeated whole
Gram = tuple[str, ...]


def find_echoes(answer: str, prompts: Iterable[str], trace: object, instruction: str) -> Iterator[Span]:
    """Runs of `LONG` words of a prompt in the answer, unless the task's instruction or what the step was given (found
    texts, recognised words) holds them too: an answer may repeat its question and quote its sources.

    `prompts` are the fixed texts of templates; `trace` adds the prompts as models saw them. Time is linear in both.
    """
    said = [(found.group().casefold(), found.start(), found.end()) for found in WORD.finditer(answer)]
    if len(said) < SHORTEST:
        return
    seen = [step["prompt"] for step in objects(trace) if isinstance(step.get("prompt"), str)]
    told = [words_of(prompt) for prompt in dict.fromkeys([*prompts, *seen])]
    innocent: list[list[str]] | None = None  # sources are long, and few answers need them
    for size in sorted({min(LONG, len(words)) for words in told if len(words) >= SHORTEST}):
        secret = {gram for words in told if len(words) == size or size == LONG for gram in grams(words, size)}
        places = [place for place, gram in enumerate(grams([word for word, _, _ in said], size)) if gram in secret]
        if not places:
            continue
        if innocent is None:
            innocent = [words_of(text) for text in given_texts(trace, instruction)]
        known = {gram for words in innocent for gram in grams(words, size)}
        yield from stretches(
            answer, said, [p for p in places if tuple(w for w, _, _ in said[p : p + size]) not in known], size
        )


def stretches(answer: str, said: list[tuple[str, int, int]], places: list[int], size: int) -> Iterator[Span]:
    """Windows that touch, as one span."""
    first = last = -1
    for place in [*places, len(said) + size]:
        if first >= 0 and place > last + size:
            start, end = said[first][1], said[last + size - 1][2]
            yield Span(start, end, "prompt", answer[start:end])
            first = -1
        if first < 0:
            first = place
        last = place


def given_texts(trace: object, instruction: str) -> Iterator[str]:
    yield instruction
    for step in objects(trace):
        yield from texts_in(step.get("input"))


def words_of(text: str) -> list[str]:
    return WORD.findall(plain_text(text).casefold())


def grams(words: list[str], size: int) -> Iterator[Gram]:
    return zip(*(words[shift:] for shift in range(size)), strict=False)


def texts_in(value: object) -> Iterator[str]:
    """Every string inside, whatever it is nested in, without recursion: a trace may nest as deep as JSON allows."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
