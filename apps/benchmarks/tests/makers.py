from django.utils import timezone

from apps.accounts.models import User
from apps.benchmarks.models import Benchmark
from apps.benchmarks.services import create_benchmark
from apps.buckets.models import Bucket
from apps.buckets.tests.makers import make_bucket
from apps.generation.models import AnswerState, Run
from apps.generation.tests.makers import make_run
from apps.pipelines.tests.makers import make_revision


def make_marked_bucket(owner: User, *, name: str = "Quiz", tasks: int = 4, images: int = 0) -> Bucket:
    """A bucket whose right answers are "yes t0", "yes t1", …"""
    bucket = make_bucket(owner, name=name, tasks=tasks, images=images)
    for task in bucket.tasks.all():
        task.references = [f"yes {task.key}"]
        task.save()
    return bucket


def make_benchmark(owner: User, *, protocol: str = "exact_match@1", images: int = 0) -> Benchmark:
    bucket = make_marked_bucket(owner, images=images)
    return create_benchmark(actor=owner, name="Quiz", bucket=bucket, protocol=protocol, now=timezone.now())


def make_half_right_run(benchmark: Benchmark, *, name: str = "Pipeline") -> Run:
    """Over four tasks: t0 and t1 right, t2 failed for good, t3 says nothing."""
    run = make_run(benchmark.bucket, make_revision(benchmark.created_by, name=name), text="Yes")
    run.answers.filter(task__key="t2").update(state=AnswerState.FAILED, text=None)
    run.answers.filter(task__key="t3").update(text="...")
    return run
