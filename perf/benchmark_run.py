"""What does a benchmark run cost beside the pipeline itself? See `perf.benchmarks`, which writes the table.

Over the same batches, in turns: a bare loop that hands each batch to the pipeline and keeps nothing; and the benchmark
run (claims, leases, traces and results kept in PostgreSQL, scores, errors clustered by picture). The batches are those
that a first run formed. Results of earlier runs are thrown away, so every answer is generated.
"""

import time
from collections.abc import Callable
from typing import Any

from perf.generation import SOURCE

TURN_SECONDS = 3600.0


def own_costs(rounds: int) -> list[list[str]]:
    """A row a pipeline: bare, ours, own cost by the clock and by processor time. Needs a database and Django set up."""
    from apps.accounts.tests.makers import make_user
    from demo.pipelines.definitions import definition

    actor = make_user("cost@example.org", role="researcher")
    return [
        _row("a small vision-language model, 8 tokens, 500 pictures", actor, definition("direct-vlm"), None, rounds),
        _row("SmolLM2-135M, 40 tokens, 32 questions", actor, SOURCE, 32, rounds),
    ]


def _row(name: str, actor: Any, source: str, limit: int | None, rounds: int) -> list[str]:
    from django.utils import timezone

    from apps.benchmarks.catalogue import catalogue
    from apps.benchmarks.services import load_benchmark
    from apps.pipelines.services import create_pipeline

    loaded = load_benchmark(
        actor=actor, entry=catalogue()["easy-vqa-500"], source=None, images=None, now=timezone.now(), limit=limit
    )
    benchmark = loaded.benchmarks[0]
    revision = create_pipeline(actor=actor, name=name, description="", source=source)
    batches = _batches(lambda: _prepared(actor, benchmark, revision)())
    _loop(revision, batches)  # loads the model, which the first run did for runs
    bare, ours = [0.0, 0.0], [0.0, 0.0]
    for number in range(rounds):
        turns: list[tuple[list[float], Callable[[], None]]] = [
            (bare, lambda: _loop(revision, batches)),
            (ours, _prepared(actor, benchmark, revision)),
        ]
        for spent, work in turns[number % 2 :] + turns[: number % 2]:
            wall, cpu = time.perf_counter(), time.process_time()
            work()
            spent[0] += time.perf_counter() - wall
            spent[1] += time.process_time() - cpu
    answers = rounds * sum(len(batch) for batch in batches)
    clock, processor = (100 * (mine / theirs - 1) for mine, theirs in zip(ours, bare, strict=True))
    each = [f"{1000 * spent[0] / answers:.1f} ms" for spent in (bare, ours)]
    return [name, str(len(batches)), *each, f"{clock:.1f} %", f"{processor:.1f} %"]


def _prepared(actor: Any, benchmark: Any, revision: Any) -> Callable[[], None]:
    """A run that waits for a worker; called, it is answered and scored."""
    from django.utils import timezone

    from apps.benchmarks.services import score_run
    from apps.generation.models import CachedResult
    from apps.generation.services import drain_run, start_run

    CachedResult.objects.all().delete()
    run = start_run(actor=actor, bucket=benchmark.bucket, revision=revision)

    def work() -> None:
        CachedResult.objects.all().delete()
        drain_run(run_public_id=run.public_id, worker="perf:1", turn_seconds=TURN_SECONDS)
        score_run(actor=actor, benchmark=benchmark, run=run, now=timezone.now())

    return work


def _batches(work: Callable[[], None]) -> list[list[Any]]:
    """What the runner was handed while `work` was done."""
    from inference.runner import PipelineRunner

    seen: list[list[Any]] = []
    start = PipelineRunner.start

    def noted(self: PipelineRunner, tasks: list[Any], **more: Any) -> Any:
        seen.append(tasks)
        return start(self, tasks, **more)

    PipelineRunner.start = noted  # type: ignore[method-assign]
    try:
        work()
    finally:
        PipelineRunner.start = start  # type: ignore[method-assign]
    return seen


def _loop(revision: Any, batches: list[list[Any]]) -> None:
    from apps.generation.services.resident import resident_runner

    runner: Any = resident_runner(revision, use_cache=False)
    for batch in batches:
        runner.run(batch, seed=0)
