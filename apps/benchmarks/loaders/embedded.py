"""What comes with the product; the entry's `set` says which. No file is read but those of installed packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.benchmarks.embedded import drawn, packages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from apps.benchmarks.domain.questions import Malformed, Question
    from apps.benchmarks.loaders import Pictures

SETS: dict[str, Callable[[Pictures], Iterator[Question]]] = {
    "easy-vqa": packages.easy_vqa,
    "easy-vqa-500": lambda pictures: packages.easy_vqa(pictures, 500),
    "photographs-captions": packages.captions,
    "photographs-answers": packages.ten_answers,
    "photographs-objects": packages.yes_or_no,
    "texts": drawn.texts,
    "charts": drawn.charts,
    "choices": drawn.choices,
    "pairs": drawn.pairs,
}


def read(source: Path, pictures: Pictures, options: Mapping[str, object]) -> Iterator[Question | Malformed]:
    yield from SETS[str(options["set"])](pictures)
