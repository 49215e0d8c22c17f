"""The only way a view gets a benchmark or one of its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from apps.benchmarks.models import Benchmark, BenchmarkRun

if TYPE_CHECKING:
    from uuid import UUID

    from apps.accounts.models import User


def access_benchmark(user: User, public_id: UUID) -> Benchmark:
    """Members of the bucket may see and score alike. Raises Http404 for a bucket `user` may not know of."""
    return get_object_or_404(Benchmark.objects.visible_to(user).select_related("bucket"), public_id=public_id)


def access_benchmark_run(user: User, public_id: UUID) -> BenchmarkRun:
    """Raises Http404 for a bucket `user` may not know of."""
    rows = BenchmarkRun.objects.filter(benchmark__in=Benchmark.objects.visible_to(user))
    return get_object_or_404(rows.select_related("benchmark__bucket", "run__revision__pipeline"), public_id=public_id)
