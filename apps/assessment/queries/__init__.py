"""Reads of the room of judgments, by who asks."""

from apps.assessment.queries.judgments import JudgmentRow, judged_by, judgment_table, last_judgment
from apps.assessment.queries.pairs import comparable_pairs, finished_runs, pipeline_names
from apps.assessment.queries.progress import (
    EvaluationProgress,
    assessor_rows,
    evaluation_progress,
    evaluations_for,
    leases,
    parked_answers,
)
from apps.assessment.queries.sheets import Sheet, judging_sheet, pictures_of
from apps.assessment.queries.work import Work, my_evaluations, places_left

__all__ = [
    "EvaluationProgress",
    "JudgmentRow",
    "Sheet",
    "Work",
    "assessor_rows",
    "comparable_pairs",
    "evaluation_progress",
    "evaluations_for",
    "finished_runs",
    "judged_by",
    "judging_sheet",
    "judgment_table",
    "last_judgment",
    "leases",
    "my_evaluations",
    "parked_answers",
    "pictures_of",
    "pipeline_names",
    "places_left",
]
