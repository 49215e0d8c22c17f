"""What leaves in every form: a run's answers beside what they were asked, as far as the set's licence allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.benchmarks.models import BenchmarkRun, Source
from apps.benchmarks.queries import items_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.benchmarks.domain.items import Item
    from apps.benchmarks.models import Score


@dataclass(frozen=True)
class Said:
    """One answer; `text` is "" where there was none."""

    item: Item
    score: Score

    @property
    def text(self) -> str:
        return self.score.answer.text or ""

    @property
    def question(self) -> str:
        return self.item.fact("question") or self.score.answer.task.instruction

    @property
    def number(self) -> str | int:
        return number_of(self.item.id)

    def read(self, *, open_to_all: bool) -> str:
        """What was read in it, "" for nothing; the text of a choice as its letter where choices stay here."""
        parsed = self.score.parsed or ""
        letters = [] if open_to_all else [letter for letter, text in self.item.choices.items() if text == parsed]
        return letters[0] if letters else parsed


def number_of(text: str) -> str | int:
    """The number that `text` is the one way to write, else `text`."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
    return text if number is None or str(number) != text else number


def answers_of(benchmark_run: BenchmarkRun) -> Iterator[Said]:
    items = items_of(benchmark_run.benchmark.bucket)
    for score in benchmark_run.scores.select_related("answer__task").defer("answer__trace").iterator(2000):
        yield Said(items[score.answer.task_id], score)


def source_of(benchmark_run: BenchmarkRun) -> Source | None:
    return Source.objects.filter(bucket=benchmark_run.benchmark.bucket).first()


def may_be_passed_on(benchmark_run: BenchmarkRun) -> bool:
    """A bucket without a source is the researcher's own."""
    source = source_of(benchmark_run)
    return source is None or source.may_be_passed_on
