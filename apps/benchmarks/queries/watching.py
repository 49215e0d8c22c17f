"""Runs that were started to be scored, while they are answered and a day after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.benchmarks.models import Benchmark, BenchmarkRun
from apps.benchmarks.protocols import find_protocol
from apps.benchmarks.queries.results import Mean, mean_of
from apps.generation.queries import progress_of

if TYPE_CHECKING:
    from datetime import datetime

    from apps.accounts.models import User
    from apps.generation.domain.progress import RunProgress

LATELY = timedelta(days=1)
MOST = 100


@dataclass(frozen=True)
class Watched:
    """`mean` is None until it is scored."""

    benchmark_run: BenchmarkRun
    progress: RunProgress
    mean: Mean | None

    @property
    def waits(self) -> bool:
        return self.mean is None


def watched(user: User, *, now: datetime) -> list[Watched]:
    """Those that wait first, then the latest scored."""
    lately = Q(scored_at=None) | Q(scored_at__gte=now - LATELY)
    rows = BenchmarkRun.objects.filter(lately, benchmark__in=Benchmark.objects.visible_to(user))
    rows = rows.select_related("benchmark", "run__revision__pipeline").order_by("scored_at", "pk")
    waiting, scored = rows.filter(scored_at=None), rows.exclude(scored_at=None).reverse()
    found = [*waiting[:MOST], *scored[:MOST]][:MOST]
    progress = progress_of({row.run_id: row.run for row in found}.values())
    return [Watched(row, progress[row.run_id], _mean(row)) for row in found]


def _mean(row: BenchmarkRun) -> Mean | None:
    return mean_of(find_protocol(row.benchmark.protocol), row.metrics) if row.scored_at else None
