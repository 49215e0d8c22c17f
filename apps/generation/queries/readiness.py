"""Which tasks have an answer in both of two runs: pairs that people can judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from apps.generation.models import Answer, AnswerState, Run

if TYPE_CHECKING:
    from apps.generation.models import RunQuerySet

MOST_RUNS = 4


@dataclass(frozen=True)
class ReadyPairs:
    """How many tasks both a run and `run` have answered."""

    run: Run
    count: int


def ready_pairs(run: Run) -> list[ReadyPairs]:
    """With each of the newest other runs over the same bucket, the newest first, `MOST_RUNS` at most."""
    done = Answer.objects.filter(state=AnswerState.DONE)
    both = Q(Exists(done.filter(run=run, task=OuterRef("answers__task"))), answers__state=AnswerState.DONE)
    newest = _others(run).values("pk")[:MOST_RUNS]
    others = Run.objects.filter(pk__in=newest).order_by("-created_at")
    counts = others.annotate(ready=Count("answers", filter=both)).values_list("pk", "ready")
    found = others.select_related("revision__pipeline", "bucket").in_bulk()
    return [ReadyPairs(run=found[key], count=ready) for key, ready in counts]


def _others(run: Run) -> RunQuerySet:
    return Run.objects.filter(bucket=run.bucket_id).exclude(pk=run.pk).order_by("-created_at")
