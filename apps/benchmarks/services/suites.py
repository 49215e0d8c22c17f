"""Run a suite of benchmarks through one pipeline: ordinary runs, scored as soon as they are finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from apps.benchmarks.catalogue import suite
from apps.benchmarks.models import Benchmark, BenchmarkRun
from apps.benchmarks.services.loading import LoadRefused, load_benchmark
from apps.generation.services import start_run
from apps.web.progress import Tell, tell_nobody

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.benchmarks.catalogue import Entry
    from apps.pipelines.models import PipelineRevision


def run_suite(
    *,
    actor: User,
    name: str,
    revision: PipelineRevision,
    now: datetime,
    limit: int | None = None,
    tell: Tell = tell_nobody,
) -> list[BenchmarkRun]:
    """One run a benchmark, and one waiting score a protocol. What is not loaded yet is loaded. Raises LoadRefused."""
    entries = suite(name)
    if not entries:
        words = gettext("There is no suite %(name)s. The catalogue says which there are.")
        raise LoadRefused(words % {"name": name})
    loaded = [_benchmarks(actor, entry, limit, now, tell) for entry in entries]
    return [waiting for each in loaded for waiting in run_benchmarks(actor=actor, benchmarks=each, revision=revision)]


@transaction.atomic
def run_benchmarks(*, actor: User, benchmarks: list[Benchmark], revision: PipelineRevision) -> list[BenchmarkRun]:
    """Benchmarks of one bucket share the run."""
    run = start_run(actor=actor, bucket=benchmarks[0].bucket, revision=revision)
    return [BenchmarkRun.objects.create(benchmark=each, run=run, created_by=actor) for each in benchmarks]


def _benchmarks(actor: User, entry: Entry, limit: int | None, now: datetime, tell: Tell) -> list[Benchmark]:
    known = Benchmark.objects.visible_to(actor).filter(bucket__benchmark_source__entry=entry.name, limit=limit)
    found = list(known.select_related("bucket").order_by("pk"))
    if found:
        return found
    return load_benchmark(
        actor=actor, entry=entry, source=None, images=None, now=now, limit=limit, tell=tell
    ).benchmarks
