"""How far runs are, how fast, and what they have cost in tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DurationField, ExpressionWrapper, Min, Q, Sum
from django.db.models.functions import Coalesce, Now

from apps.generation.domain.progress import RunProgress
from apps.generation.models import Answer, AnswerState, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RATE_WINDOW = timedelta(minutes=5)


def run_progress(run: Run) -> RunProgress:
    """With `empty` and `cut_off`, for which every text is read, and with tokens."""
    done = Answer.objects.filter(run=run, state=AnswerState.DONE)
    doubtful = done.aggregate(
        empty=Count("pk", filter=Q(text__regex=r"^\s*$")),
        cut_off=Count("pk", filter=Q(finish_reason="length")),
        prompt_tokens=Coalesce(Sum("prompt_tokens"), 0),
        completion_tokens=Coalesce(Sum("completion_tokens"), 0),
    )
    return replace(progress_of([run])[run.pk], **doubtful)


def progress_of(runs: Iterable[Run]) -> dict[int, RunProgress]:
    """By primary key, without `empty`, `cut_off` and sums of tokens; one query however many runs.

    The rate is over the last five minutes of the database's clock.
    """
    keys = [run.pk for run in runs]
    lately = Q(finished_at__gte=Now() - RATE_WINDOW, state__in=[AnswerState.DONE, AnswerState.FAILED])
    rows = (
        Answer.objects.filter(run__in=keys)
        .order_by()
        .values("run")
        .annotate(
            **{state: Count("pk", filter=Q(state=state)) for state in AnswerState.values},
            lately=Count("pk", filter=lately),
            tokens_in=Sum("prompt_tokens", filter=lately),
            tokens_out=Sum("completion_tokens", filter=lately),
            since=ExpressionWrapper(Now() - Min("started_at", filter=lately), output_field=DurationField()),
        )
    )
    found = {row["run"]: _progress(row) for row in rows}
    return {key: found.get(key, RunProgress()) for key in keys}


def _progress(row: Mapping[str, Any]) -> RunProgress:
    counts = {name: row[name] for name in AnswerState.values}
    since: timedelta | None = row["since"]
    seconds = min(since, RATE_WINDOW).total_seconds() if since else 0
    if not seconds:
        return RunProgress(**counts)
    return RunProgress(
        **counts,
        per_minute=row["lately"] / seconds * 60,
        prompt_tokens_per_second=(row["tokens_in"] or 0) / seconds,
        completion_tokens_per_second=(row["tokens_out"] or 0) / seconds,
    )
