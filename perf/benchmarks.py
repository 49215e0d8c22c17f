"""How fast are benchmarks scored? VQAv2's 214,354 answers, and CIDEr-D on 5,000 pictures.

Beside ours, in the same sitting: the steps of the official evaluation of VQAv2 (every answer of every question
normalised anew, annotators compared as dictionaries), and pycocoevalcap 1.2 with its tokeniser in Java where it is
installed (`PYTHONPATH` may name a folder that holds it). Answers are drawn from words that people use, with a fixed
seed. Then what a benchmark run costs beside its pipeline, by `perf.benchmark_run`.

Run: `python -m perf.benchmarks [--rounds 3]`; the tables go to `perf/results.md`.
"""

import argparse
import os
import random
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from perf.benchmark_run import own_costs
from perf.generation import database
from perf.table import write_section

QUESTIONS, PICTURES, CAPTIONS, SEED = 214_354, 5_000, 5, 7
WORDS = (
    "yes", "no", "red", "blue", "white", "black", "green", "two", "three", "1", "2", "4", "man", "woman", "dog", "cat",
    "tennis", "baseball", "skateboarding", "kitchen", "bathroom", "wood", "brick", "pizza", "broccoli", "frisbee",
    "surfboard", "left", "right", "outside", "inside", "grass", "snow", "don't", "can't", "isn't",
)  # fmt: skip
NOUNS = (
    "man", "woman", "people", "dog", "cat", "street", "table", "group", "field", "grass", "beach", "wave", "kitchen",
    "plate", "food", "train", "bus", "bench",
)  # fmt: skip
OTHERS = (
    "a", "the", "of", "on", "in", "with", "and", "sitting", "standing", "riding", "holding", "playing", "white", "red",
    "large", "small", "next", "to", "near", "down", "two", "three",
)  # fmt: skip


def drawn_questions(chance: random.Random) -> list[tuple[list[str], str]]:
    """Ten answers, of which most agree, and a prediction: as VQAv2's are, a third unanimous."""
    rows = []
    for number in range(QUESTIONS):
        right = chance.choice(WORDS) if number % 4 else f"{chance.choice(WORDS)} {chance.choice(WORDS)}"
        others = 0 if number % 3 == 0 else chance.randint(1, 5)
        strays = [f"{chance.choice(WORDS)}{chance.choice(['', '.', ' a', ','])}" for _ in range(others)]
        answers = [right] * (10 - others) + strays
        rows.append((answers, chance.choice([right, right.title(), f"{right}.", chance.choice(WORDS)])))
    return rows


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def score_ours(rows: Sequence[tuple[list[str], str]]) -> float:
    from apps.benchmarks.domain.items import Item, Row
    from apps.benchmarks.domain.vqa_words import normalise
    from apps.benchmarks.protocols import find_protocol

    normalise.cache_clear()
    protocol = find_protocol("vqa_v2_official@1")
    items = [Item(str(place), answers, group=str(place // 5)) for place, (answers, _said) in enumerate(rows)]
    marks = protocol.mark_all(items, [said for _answers, said in rows])
    metrics = protocol.metrics([Row(item, mark) for item, mark in zip(items, marks, strict=True)])
    return metrics["accuracy"].value


MARKS = ';/[]"{}()=+\\_-><@`,?!'
COMMA, PERIOD = re.compile(r"(\d)(\,)(\d)"), re.compile(r"(?!<=\d)(\.)(?!\d)")


def punctuation(text: str) -> str:
    """As processPunctuation: the comma is searched for anew at every mark."""
    bare = text
    for mark in MARKS:
        touches = f"{mark} " in text or f" {mark}" in text or COMMA.search(text) is not None
        bare = bare.replace(mark, "" if touches else " ")
    return PERIOD.sub("", bare, count=32)


def score_step_by_step(rows: Sequence[tuple[list[str], str]]) -> float:
    """The loops of vqaEval.py over dictionaries, with the same words as ours but nothing remembered."""
    from apps.benchmarks.domain.vqa_words import clean, plain_words

    total = 0.0
    for answers, said in rows:
        truths = [{"answer": clean(answer), "answer_id": place} for place, answer in enumerate(answers, start=1)]
        result = clean(said)
        if len({truth["answer"] for truth in truths}) > 1:
            for truth in truths:
                truth["answer"] = plain_words(punctuation(str(truth["answer"])))
            result = plain_words(punctuation(result))
        accuracies = []
        for truth in truths:
            others = [other for other in truths if other != truth]
            matching = [other for other in others if other["answer"] == result]
            accuracies.append(min(1.0, len(matching) / 3))
        total += sum(accuracies) / len(accuracies)
    return total / len(rows)


def drawn_captions(chance: random.Random) -> tuple[list[str], list[list[str]]]:
    def caption() -> str:
        words = [*chance.choices(NOUNS + OTHERS, k=chance.randint(8, 13)), chance.choice(NOUNS)]
        return " ".join(words).capitalize() + "."

    return [caption() for _ in range(PICTURES)], [[caption() for _ in range(CAPTIONS)] for _ in range(PICTURES)]


def cider_ours(said: Sequence[str], wanted: Sequence[Sequence[str]]) -> float:
    from apps.benchmarks.domain.cider import cider_d
    from apps.benchmarks.domain.ptb import tokenise

    tokenise.cache_clear()
    return float(cider_d([tokenise(one) for one in said], [[tokenise(one) for one in each] for each in wanted]).mean())


def cider_peer(said: Sequence[str], wanted: Sequence[Sequence[str]]) -> float:
    """Tokeniser included."""
    from pycocoevalcap.cider.cider import Cider  # type: ignore[import-not-found]
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer  # type: ignore[import-not-found]

    cut = PTBTokenizer().tokenize
    truths = cut({place: [{"caption": one} for one in each] for place, each in enumerate(wanted)})
    results = cut({place: [{"caption": one}] for place, one in enumerate(said)})
    return float(Cider().compute_score(truths, results)[0])


def wall(work: Callable[[], Any]) -> tuple[float, Any]:
    """Wall clock, since Java works in a process of its own."""
    started = time.monotonic()
    result = work()
    return time.monotonic() - started, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of benchmark runs; 0 leaves them out")
    parser.add_argument("--runs-only", action="store_true", help="leave out scoring")
    options = parser.parse_args()
    with database():
        if not options.runs_only:
            score()
        if options.rounds:
            run(options.rounds)


def run(rounds: int) -> None:
    """Processor time is that of the worker's process; PostgreSQL's shows in the clock."""
    note = (
        f"`python -m perf.benchmarks --rounds {rounds}`: easy-VQA through a pipeline, by a bare loop over the same"
        f" batches and as a benchmark run from its start to its scores; {os.cpu_count()} cores, one thread, in turns"
        " batch by batch, the same model in memory. The own cost is what the run takes beyond the loop. SmolLM2 sees no"
        " pictures; it samples with a seed for each question, so that none is asked once for several."
    )
    head = ["pipeline", "batches", "bare, an answer", "run, an answer", "own cost, clock", "own cost, processor"]
    write_section("What a benchmark run costs", note, head, own_costs(rounds))


def score() -> None:
    chance = random.Random(SEED)
    rows = drawn_questions(chance)
    ours, value = seconds(lambda: score_ours(rows))
    peer, expected = seconds(lambda: score_step_by_step(rows))
    if abs(value - expected) > 1e-9:
        sys.exit(f"the two disagree: {value} and {expected}")
    table = [[f"VQAv2, {QUESTIONS:,} answers", f"{ours:.1f} s", f"{peer:.1f} s", f"{peer / ours:.1f}"]]
    said, wanted = drawn_captions(chance)
    ours, value = wall(lambda: cider_ours(said, wanted))
    if find_spec("pycocoevalcap") and shutil.which("java"):
        peer, expected = wall(lambda: cider_peer(said, wanted))
        if abs(value - expected) > 1e-9:
            sys.exit(f"the two disagree: {value} and {expected}")
        table.append([f"CIDEr-D, {PICTURES:,} × {CAPTIONS}", f"{ours:.2f} s", f"{peer:.2f} s", f"{peer / ours:.1f}"])
    else:
        table.append([f"CIDEr-D, {PICTURES:,} × {CAPTIONS}", f"{ours:.2f} s", "not installed", "–"])
    note = (
        "`python -m perf.benchmarks`: VQAv2 in processor time of one thread, ours with errors clustered by picture, the"
        " other without any; captions by the clock, tokeniser included. Both give the same figure."
    )
    write_section("Scoring benchmarks", note, ["work", "ours", "the other", "times faster"], table)


if __name__ == "__main__":
    main()
