"""The comparisons behind a number of a report: what was asked, both answers, and what was said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from apps.assessment.models import Comparison, Judgment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from apps.assessment.models.evaluations import ComparisonQuerySet
    from apps.assessment.models.judgments import JudgmentQuerySet
    from apps.reports.models import Report

PREFERENCES = {"a": 1, "same": 0, "b": -1}


@dataclass(frozen=True)
class Behind:
    comparison: Comparison
    judgments: list[Judgment]


def comparisons_behind(report: Report, cell: Mapping[str, str]) -> ComparisonQuerySet:
    """What the report counted; `cell` may name cluster, language, criterion, who was marked or
    preferred, verdict and assessor.

    Judgments that were corrected since are shown as they are now.
    """
    said = judgments_behind(report).filter(assignment__comparison=OuterRef("pk"))
    if verdict := cell.get("verdict"):
        said = said.filter(verdict=verdict)
    if assessor := cell.get("assessor"):
        said = said.filter(assessor__public_id=assessor)
    if criterion := cell.get("criterion"):
        said = said.filter(_rated(criterion, cell.get("marked", ""), cell.get("prefers", "")))
    found = Comparison.objects.compared().filter(Exists(said), evaluation=report.evaluation)
    for name in ("cluster", "language"):
        if cell.get(name):
            found = found.filter(**{f"task__{name}": cell[name]})
    wanted = found.select_related("task", "answer_a", "answer_b").defer("answer_a__trace", "answer_b__trace")
    return wanted.prefetch_related("task__task_images__image").order_by("task__position")


def _rated(criterion: str, marked: str, prefers: str) -> Q:
    """Judgments with a rating of the criterion; `marked`: whose answer was marked, named as in `depth.Discordance`;
    `prefers`: which answer it takes for better."""
    rated = Q(ratings__criterion__key=criterion, ratings__preference__isnull=False)
    if prefers:
        rated &= Q(ratings__preference=PREFERENCES[prefers])
    if not marked:
        return rated
    a, b = (f"ratings__value_{side}__{'gt' if marked in ('both', f'{side}_only') else 'exact'}" for side in "ab")
    return rated & Q(**{a: 0, b: 0})


def judgments_behind(report: Report) -> JudgmentQuerySet:
    """Said before the report was frozen. Judgments made elsewhere came all at once, whatever dates their file gives."""
    counted = Judgment.objects.filter(assignment__evaluation=report.evaluation).counted()
    imported = report.evaluation is not None and report.evaluation.imported_from
    return counted if imported else counted.filter(judged_at__lte=report.created_at)


def with_judgments(report: Report, comparisons: Iterable[Comparison]) -> list[Behind]:
    """One query for all of them."""
    shown = list(comparisons)
    said = judgments_behind(report).filter(assignment__comparison__in=shown).order_by("judged_at", "pk")
    by_comparison: dict[int, list[Judgment]] = {}
    for judgment in said.select_related("assignment", "assessor").prefetch_related("ratings__criterion"):
        by_comparison.setdefault(judgment.assignment.comparison_id, []).append(judgment)
    return [Behind(comparison, by_comparison.get(comparison.pk, [])) for comparison in shown]
