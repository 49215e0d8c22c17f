"""The demo's benchmark: questions with known answers, put to the pipelines before and after, and to the model alone."""

import tempfile
from pathlib import Path

from django.utils import timezone

from apps.accounts.models import User
from apps.benchmarks.models import Benchmark, BenchmarkRun
from apps.benchmarks.services import create_benchmark, score_run
from apps.buckets.models import Bucket
from apps.buckets.services import import_bucket
from apps.generation.models import Run
from demo.questions import LICENCES, write_questions
from sbs_platform.demo.content import BASELINE, CANDIDATE, DIRECT, Say, load_run

NAME = "Coloured shapes (easy-VQA)"
SAMPLE = 30  # beside the questions that the demo's own bucket has of it
MEASURED = (BASELINE, CANDIDATE, DIRECT)
PROTOCOL = "inclusion@1"  # search pipelines answer in sentences


def load_benchmark(researcher: User, say: Say) -> tuple[Benchmark, tuple[Run, ...]]:
    """The benchmark, and the runs that are scored on it once they are answered."""
    bucket = Bucket.objects.filter(name=NAME).first() or load_questions(researcher)
    benchmark = Benchmark.objects.filter(bucket=bucket).first() or create_benchmark(
        actor=researcher, name=NAME, bucket=bucket, protocol=PROTOCOL, now=timezone.now()
    )
    say(f"Benchmark: {benchmark} ({bucket.tasks.count()} questions)")
    return benchmark, tuple(load_run(researcher, bucket, name, say) for name in MEASURED)


def load_questions(researcher: User) -> Bucket:
    with tempfile.TemporaryDirectory() as folder:
        table = write_questions(Path(folder), SAMPLE)
        return import_bucket(
            actor=researcher,
            name=NAME,
            description="Questions about one coloured shape; right is what says the one word that answers.",
            licence_notes=LICENCES,
            table=table,
            images=table.parent,
        )


def score_all(researcher: User, benchmark: Benchmark, runs: tuple[Run, ...]) -> list[BenchmarkRun]:
    """Those that were scored already keep their scores."""
    known = {scored.run_id: scored for scored in benchmark.benchmark_runs.filter(run__in=runs)}
    return [
        known.get(run.pk) or score_run(actor=researcher, benchmark=benchmark, run=run, now=timezone.now())
        for run in runs
    ]
