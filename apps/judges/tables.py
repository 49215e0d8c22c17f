"""Automatic judgments as a table for a spreadsheet; every row says that no person made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.web.spreadsheets import csv_answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from apps.judges.models import AutomaticJudge

FACTS = ("task", "cluster", "language", "made_by", "judge_kind", "judge", "order", "outcome", "verdict")
HEAD = (*FACTS, "score_a", "score_b", "judged_at")


def judgment_csv(judge: AutomaticJudge) -> HttpResponse:
    """A column for each criterion: 1 for A, 0, -1."""
    keys = list(judge.evaluation.criteria.values_list("key", flat=True)) if judge.is_model else []
    return csv_answer(f"automatic-judgments-{judge.public_id.hex[:8]}", [*HEAD, *keys], rows_of(judge, keys))


def rows_of(judge: AutomaticJudge, keys: list[str]) -> Iterator[list[object]]:
    rows = judge.judgments.select_related("comparison__task").order_by("comparison__task__position", "order")
    for row in rows.iterator():
        task = row.comparison.task
        facts = (task.key, task.cluster, task.language, "automatic", judge.kind, str(judge), row.order, row.reading)
        criteria = [row.criteria.get(key, {}).get("preference") for key in keys]
        scores = (row.score_a, row.score_b, row.judged_at.isoformat(timespec="seconds"))
        yield [*facts, row.verdict, *scores, *criteria]
