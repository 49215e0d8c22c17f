"""What does a benchmark run cost beside the pipeline itself? See `perf.benchmarks`, which writes the table.

The same batches twice, by the same model in memory: handed to the pipeline by a bare loop that keeps nothing, and in a
benchmark run (its rows, claims, leases, traces and results kept in PostgreSQL, answers, scores, errors clustered by
picture). Both open and prepare the pictures. The two take turns batch by batch, before and behind each other in turn,
so that a machine that slows down or is shared slows both: the bare batch works where the run has no batch in hand, and
its time is taken off the run's. Results of earlier runs are thrown away, and no request of a batch equals another, so
every answer is generated.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from perf.generation import SOURCE

TURN_SECONDS = 3600.0


@dataclass
class Spent:
    """By the clock, and of this process's processor time."""

    wall: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu


def own_costs(rounds: int) -> list[list[str]]:
    """A row a pipeline: bare, ours, own cost by the clock and by processor time. Needs a database and Django set up."""
    from apps.accounts.tests.makers import make_user
    from demo.pipelines.definitions import definition

    actor = make_user("cost@example.org", role="researcher")
    # greedy, equal questions would be asked once: a seed for each keeps them apart
    drawn = SOURCE.replace("temperature: 0,", "temperature: 0.7,").replace("batch_size: 32", "batch_size: 8")
    return [
        _row("a small vision-language model, 8 tokens, 500 pictures", actor, definition("direct-vlm"), None, rounds),
        _row("SmolLM2-135M, 40 tokens, 64 questions", actor, drawn, 64, rounds),
    ]


def _row(name: str, actor: Any, source: str, limit: int | None, rounds: int) -> list[str]:
    from django.utils import timezone

    from apps.benchmarks.catalogue import catalogue
    from apps.benchmarks.services import load_benchmark
    from apps.generation.models import CachedResult
    from apps.pipelines.services import create_pipeline

    loaded = load_benchmark(
        actor=actor, entry=catalogue()["easy-vqa-500"], source=None, images=None, now=timezone.now(), limit=limit
    )
    benchmark = loaded.benchmarks[0]
    revision = create_pipeline(actor=actor, name=name, description="", source=source)
    batches = _batches(lambda: _run(actor, benchmark, revision))
    answers = sum(len(batch) for batch in batches)
    if CachedResult.objects.count() != answers:
        raise RuntimeError("Some requests are equal: a run asks them once, the loop each time.")
    bare, both = Spent(), Spent()
    for _ in range(rounds):
        with both.measured(), _between_claims(revision, batches, bare):
            _run(actor, benchmark, revision)
    ours = Spent(both.wall - bare.wall, both.cpu - bare.cpu)
    each = [f"{1000 * spent.wall / (rounds * answers):.1f} ms" for spent in (bare, ours)]
    costs = [f"{100 * (ours.wall / bare.wall - 1):.1f} %", f"{100 * (ours.cpu / bare.cpu - 1):.1f} %"]
    return [name, str(len(batches)), *each, *costs]


def _run(actor: Any, benchmark: Any, revision: Any) -> None:
    """Started, answered and scored."""
    from django.utils import timezone

    from apps.benchmarks.services import score_run
    from apps.generation.models import CachedResult
    from apps.generation.services import drain_run, start_run

    CachedResult.objects.all().delete()
    run = start_run(actor=actor, bucket=benchmark.bucket, revision=revision)
    drain_run(run_public_id=run.public_id, worker="perf:1", turn_seconds=TURN_SECONDS)
    score_run(actor=actor, benchmark=benchmark, run=run, now=timezone.now())


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


@contextmanager
def _between_claims(revision: Any, batches: list[list[Any]], spent: Spent) -> Iterator[None]:
    """Batch 0 bare, then in the run; 1 in the run, then bare; and so on."""
    from apps.generation.services import lane as the_lane

    lane: Any = the_lane
    runner = _bare_runner(revision)
    claim = lane.claim_answers
    claims = iter(range(len(batches) + 1))

    def bare_first(*args: Any, **more: Any) -> Any:
        place = next(claims)
        due = batches[max(place - 1, 0) : place + 1] if place % 2 == 0 else []
        with spent.measured():
            for batch in due:
                runner.run(batch, seed=0)
        return claim(*args, **more)

    lane.claim_answers = bare_first
    try:
        yield
    finally:
        lane.claim_answers = claim
    if next(claims, None) is not None:
        raise RuntimeError("The run made other batches than the first one.")


def _bare_runner(revision: Any) -> Any:
    """Another runner over the models that the run's own has in memory."""
    from django.conf import settings

    from inference.runner import make_runner
    from inference.spec import load_spec

    return make_runner(load_spec(revision.spec), model_dir=settings.MODEL_DIR)
