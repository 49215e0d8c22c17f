"""Of a long document, the part that has most to do with the question."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

WORD = re.compile(r"\w+")
SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")

Stems = Callable[[str], set[str]]


def excerpt(text: str, query: str, limit: int, stems: Stems) -> str:
    """At most `limit` characters: neighbouring sentences that hold the most of the query's words, whole if it fits."""
    if len(text) <= limit:
        return text
    wanted = stems(query)
    sentences = [part for part in SENTENCE.split(text) if part.strip()]
    held = [wanted & stems(sentence) for sentence in sentences]
    first, last = fullest(windows(sentences, limit), held)
    found = " ".join(sentences[first:last])
    return found if len(found) <= limit else f"{found[: limit - 1].rpartition(' ')[0] or found[: limit - 1]}…"


def fullest(spans: Iterable[tuple[int, int]], held: Sequence[set[str]]) -> tuple[int, int]:
    """The first span with most different words. Neither end of a span moves back, so a sentence counts once."""
    counts: Counter[str] = Counter()
    start, end, best, most = 0, 0, (0, 0), -1
    for first, last in spans:
        for words in held[end:last]:
            counts.update(words)
        for word in (word for words in held[start:first] for word in words):
            counts[word] -= 1
            if not counts[word]:
                del counts[word]
        start, end = first, max(end, last)
        if len(counts) > most:
            best, most = (first, last), len(counts)
    return best


def windows(sentences: list[str], limit: int) -> Iterator[tuple[int, int]]:
    """For every first sentence the most that fit behind it; one sentence at least."""
    last, size = 0, 0
    for first in range(len(sentences)):
        if last <= first:
            last, size = first, -1
        while last < len(sentences) and (last == first or size + 1 + len(sentences[last]) <= limit):
            size += 1 + len(sentences[last])
            last += 1
        yield first, last
        size -= 1 + len(sentences[first])


def plain_stems(text: str) -> set[str]:
    """For engines that hand out no stemmer: lower-case words without their endings, by length."""
    return {word[: max(4, len(word) - 3)] for word in WORD.findall(text.lower()) if len(word) > 2}
