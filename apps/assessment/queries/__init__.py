"""Reads of the room of judgments, by who asks."""

from apps.assessment.queries.criteria import criteria_shown, in_order, marks_said, said_before, shown_to_mark
from apps.assessment.queries.judgments import JudgmentRow, judged_by, judgment_table, last_judgment
from apps.assessment.queries.leaks import (
    LeakCounts,
    ShownHit,
    leak_counts,
    leak_hits,
    masked_comparisons,
    masks_of,
    shown_hit,
    unscanned_comparisons,
)
from apps.assessment.queries.pairs import (
    LostPairs,
    PairCounts,
    comparable_runs,
    could_compare,
    lost_answers,
    lost_by_cause,
    pair_counts,
    pipeline_names,
    ready_pairs,
)
from apps.assessment.queries.progress import (
    EvaluationProgress,
    assessor_rows,
    evaluation_progress,
    evaluations_for,
    leases,
)
from apps.assessment.queries.sheets import Sheet, judging_sheet, pictures_of
from apps.assessment.queries.work import Work, my_evaluations, places_left

__all__ = [
    "EvaluationProgress",
    "JudgmentRow",
    "LeakCounts",
    "LostPairs",
    "PairCounts",
    "Sheet",
    "ShownHit",
    "Work",
    "assessor_rows",
    "comparable_runs",
    "could_compare",
    "criteria_shown",
    "evaluation_progress",
    "evaluations_for",
    "in_order",
    "judged_by",
    "judging_sheet",
    "judgment_table",
    "last_judgment",
    "leak_counts",
    "leak_hits",
    "leases",
    "lost_answers",
    "lost_by_cause",
    "marks_said",
    "masked_comparisons",
    "masks_of",
    "my_evaluations",
    "pair_counts",
    "pictures_of",
    "pipeline_names",
    "places_left",
    "ready_pairs",
    "said_before",
    "shown_hit",
    "shown_to_mark",
    "unscanned_comparisons",
]
