"""Send samples to people: their tasks become a bucket for side-by-side judging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from apps.benchmarks.models import Source
from apps.benchmarks.queries import samples
from apps.buckets.services import DerivedTask, derive_bucket

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.benchmarks.models import BenchmarkRun
    from apps.buckets.models import Bucket

MOST = 1000


class SendingRefused(Exception):
    """No bucket was made; the message says why."""


@transaction.atomic
def send_to_people(*, actor: User, benchmark_run: BenchmarkRun, only: str, beside: BenchmarkRun | None) -> Bucket:
    """A bucket of the tasks that the filter shows, at most a thousand, without their references: people judge answers,
    and must not be led by what is held to be right. Licence, source and members are those of the benchmark's bucket.
    """
    tasks = [score.answer.task for score in samples(benchmark_run, only, beside)[:MOST]]
    if not tasks:
        raise SendingRefused(gettext("No sample is like this, so there is nothing to send."))
    measured = benchmark_run.benchmark.bucket
    bucket = derive_bucket(
        actor=actor,
        source=measured,
        name=f"{benchmark_run.benchmark.name[:90]} {gettext('for people')}",
        description=gettext("Tasks of the benchmark %(name)s, chosen for judging side by side.")
        % {"name": benchmark_run.benchmark.name},
        tasks=[DerivedTask(source=task.pk, key=task.key, instruction=task.instruction) for task in tasks],
    )
    for source in Source.objects.filter(bucket=measured):
        source.pk, source.bucket, source.entry = None, bucket, ""
        source.save(force_insert=True)
    return bucket
