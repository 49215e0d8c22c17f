"""Make a benchmark of a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext, ngettext

from apps.audit.services import record
from apps.benchmarks.models import Benchmark
from apps.benchmarks.protocols import Protocol, find_protocol
from apps.benchmarks.queries import items_of
from apps.buckets.services import freeze_bucket

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.buckets.models import Bucket

SHOWN_PROBLEMS = 50


@dataclass(frozen=True)
class ReferenceProblem:
    task_key: str
    message: str


class BenchmarkRefused(Exception):
    """Tasks whose references the protocol can't use: how many, and the first of them."""

    def __init__(self, message: str, problems: list[ReferenceProblem] | None = None) -> None:
        super().__init__(message)
        self.problems = (problems or [])[:SHOWN_PROBLEMS]


@transaction.atomic
def create_benchmark(
    *, actor: User, name: str, bucket: Bucket, protocol: str, now: datetime, limit: int | None = None
) -> Benchmark:
    """Freezes the bucket. Raises BenchmarkRefused unless every task has references that `protocol` can use. A bucket of
    the first tasks alone stays one under every protocol.
    """
    limit = limit or bucket.benchmarks.exclude(limit=None).values_list("limit", flat=True).first()
    freeze_bucket(actor=actor, bucket=bucket, now=now)
    _check_references(bucket, find_protocol(protocol))
    benchmark = Benchmark.objects.create(name=name, bucket=bucket, protocol=protocol, limit=limit, created_by=actor)
    record(actor, "benchmark.created", benchmark, bucket=str(bucket.public_id), protocol=protocol)
    return benchmark


def _check_references(bucket: Bucket, protocol: Protocol) -> None:
    items = items_of(bucket)
    if not items:
        raise BenchmarkRefused(gettext("The bucket has no tasks."))
    refusals = ((item.id, protocol.refusal(item)) for item in items.values())
    problems = [ReferenceProblem(key, message) for key, message in refusals if message]
    if problems:
        message = ngettext(
            "%(number)d task has reference answers that this protocol can't use.",
            "%(number)d tasks have reference answers that this protocol can't use.",
            len(problems),
        )
        raise BenchmarkRefused(message % {"number": len(problems)}, problems)
