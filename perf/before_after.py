"""What does the vision-language model change? The same questions to `search-llm`, `search-vlm` and `direct-vlm`.

Questions of easy-VQA's test part, those that the demo's bucket has of it among them, each with a known answer in one
word. The pipelines are the demo's own; retrieval, generator, sampling and seed of those that search are the same. They
answer in sentences, so an answer is right when it says that word (`inclusion@1`, as in the demo's benchmark); by
`exact_match@1` it is the word and nothing else. Tasks about one picture are one cluster.

Run: `python -m perf.before_after [--questions 300]`; the tables go to `docs/before-after.md`.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as workers run, see docs/generation.md
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sbs_platform.settings")

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perf.table import write_section

PAGE = Path(__file__).parent.parent / "docs" / "before-after.md"
BEFORE, AFTER, DIRECT = "search-llm", "search-vlm", "direct-vlm"
PROTOCOL, STRICT = "inclusion@1", "exact_match@1"
BATCH, SEED = 48, 20_261_122


@dataclass(frozen=True)
class Asked:
    """A question; `shown` are the colour and the shape of its picture, as far as easy-VQA's questions tell both."""

    key: str
    kind: str
    text: str
    picture: Path
    references: list[str]
    shown: frozenset[str]


@dataclass(frozen=True)
class Answered:
    score: float
    exact: float
    query: str
    context: str


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=300, help="beside those of the demo's bucket")
    count = parser.parse_args().questions
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        asked = list(questions(Path(folder), count))
        answered = {name: answers(name, asked) for name in (BEFORE, AFTER, DIRECT)}
    write_accuracies(asked, answered)
    write_comparisons(asked, answered)
    write_causes(asked, answered)


def questions(folder: Path, count: int) -> Iterator[Asked]:
    from demo.questions import all_questions, write_questions
    from inference.vlm.data.easy_vqa import known_of, only

    known = known_of(all_questions())
    for line in write_questions(folder, count).read_text().splitlines():
        row = json.loads(line)
        name = row["images"][0]
        values = [only(found) for found in known[int(Path(name).stem)].values()]
        shown = frozenset(value for value in values if value) if all(values) else frozenset()
        yield Asked(row["key"], row["cluster"], row["instruction"], folder / name, row["references"], shown)


def answers(name: str, asked: Sequence[Asked]) -> list[Answered]:
    from django.conf import settings

    from apps.benchmarks.protocols import Item, find_protocol
    from demo.pipelines.definitions import definition
    from inference.contracts import TaskInput
    from inference.runner import make_runner
    from inference.spec import parse_spec

    protocols = [find_protocol(PROTOCOL), find_protocol(STRICT)]
    runner = make_runner(parse_spec(definition(name)), model_dir=settings.MODEL_DIR)
    tasks = [TaskInput(one.key, one.text, "en", (one.picture,)) for one in asked]
    outcomes: list[Any] = []
    started = time.monotonic()
    for first in range(0, len(tasks), BATCH):
        outcomes += runner.run(tasks[first : first + BATCH], seed=SEED)
        sys.stderr.write(f"{name}: {len(outcomes)} of {len(tasks)} after {time.monotonic() - started:.0f} s\n")
    marked = [
        [protocol.value(protocol.mark(outcome.text, Item(one.key, one.references))) for protocol in protocols]
        for outcome, one in zip(outcomes, asked, strict=True)
    ]
    return [
        Answered(score, exact, said(outcome, "rephrase"), said(outcome, "context"))
        for (score, exact), outcome in zip(marked, outcomes, strict=True)
    ]


def said(outcome: Any, step: str) -> str:
    """The query, or the context."""
    found = (record.output for record in outcome.trace if record.step == step)
    output: dict[str, Any] = next(found, {})
    return str(output.get("query", output.get("text", "")))


def groups(asked: Sequence[Asked]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"all": list(range(len(asked)))}
    kinds: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(asked):
        kinds[one.kind].append(place)
    return found | dict(sorted(kinds.items()))


def compared(asked: Sequence[Asked], places: list[int], before: list[Answered], after: list[Answered]) -> Any:
    from apps.statistics.paired import compare_paired

    first, second = ([run[place].score for place in places] for run in (before, after))
    return compare_paired(first, second, [asked[place].picture.stem for place in places])


def write_accuracies(asked: Sequence[Asked], answered: dict[str, list[Answered]]) -> None:
    pictures = len({one.picture for one in asked})
    rows = []
    for label, places in groups(asked).items():
        found = [compared(asked, places, run, run).before for run in answered.values()]
        rows.append([label, f"{len(places):,}", *(f"{one.value:.1%} ({bounds(one, percent)})" for one in found)])
    exact = [f"{sum(one.exact for one in run) / len(run):.1%}" for run in answered.values()]
    rows.append([f"all, by {STRICT}", f"{len(asked):,}", *exact])
    note = f"{len(asked):,} questions about {pictures:,} pictures; `{PROTOCOL}`; 95 % intervals, clustered by picture."
    write_section("Right answers", note, ["questions", "number", *answered], rows, PAGE)


def write_comparisons(asked: Sequence[Asked], answered: dict[str, list[Answered]]) -> None:
    rows = []
    for name in (AFTER, DIRECT):
        for label, places in groups(asked).items():
            found = compared(asked, places, answered[BEFORE], answered[name])
            rows.append(
                [
                    name,
                    label,
                    f"{found.difference.value:+.1%} ({bounds(found.difference, signed)})",
                    "–" if found.gain.value is None else f"{found.gain.value:+.0%} ({bounds(found.gain, signed)})",
                    "–" if found.difference.p is None else f"{found.difference.p:.2g}",
                    "–" if found.counts is None else f"{found.counts.after_only} : {found.counts.before_only}",
                    "–" if found.counts is None else f"{found.counts.p:.2g}",
                ]
            )
    note = (
        f"Beside {BEFORE}: difference of the shares and relative gain with 95 % intervals, and the p of the paired t "
        "test, all clustered by picture, since questions about one picture are not independent; how many questions "
        f"only it got right, and how many only {BEFORE} did, and the p of McNemar's exact test of these two counts, "
        "which takes all questions as independent."
    )
    measured = ["difference", "relative gain", "p, clustered by picture"]
    head = ["after", "questions", *measured, "newly right : newly wrong", "p, McNemar"]
    write_section("Before and after", note, head, rows, PAGE)


def write_causes(asked: Sequence[Asked], answered: dict[str, list[Answered]]) -> None:
    """What reaches the generator."""
    places = [place for place, one in enumerate(asked) if one.shown]
    rows = []
    for name in (BEFORE, AFTER):
        run = answered[name]
        texts: list[Callable[[Answered], str]] = [lambda one: one.query, lambda one: one.context]
        shares = [sum(names(asked[place], text(run[place])) for place in places) / len(places) for text in texts]
        rows.append([name, *(f"{share:.1%}" for share in shares)])
    note = f"Of {len(places):,} questions about pictures whose colour and shape are known."
    head = ["pipeline", "the query names both", "the generator's context names both"]
    write_section("What the generator was given", note, head, rows, PAGE)


def names(asked: Asked, text: str) -> bool:
    return asked.shown <= {word.strip(".,;:!?\"'()") for word in text.lower().split()}


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def signed(value: float) -> str:
    return f"{100 * value:+.1f}"


def bounds(found: Any, shown: Callable[[float], str]) -> str:
    return "–" if found.low is None else f"{shown(found.low)} to {shown(found.high)}"


if __name__ == "__main__":
    main()
