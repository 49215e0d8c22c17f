"""Blind judgments: evaluations and their comparisons, the leases on them, what might unblind, what assessors said."""

from apps.assessment.models.evaluations import (
    LONGEST_LEASE,
    SHORTEST_LEASE,
    Comparison,
    ComparisonState,
    Criterion,
    Evaluation,
    EvaluationState,
)
from apps.assessment.models.judgments import Judgment, Rating, Verdict
from apps.assessment.models.leaks import Decision, LeakChoice, LeakHit, LeakHitQuerySet, LeakKind, LeakSide
from apps.assessment.models.work import (
    Assignment,
    AssignmentQuerySet,
    AssignmentState,
    Skip,
    SkipReason,
)

__all__ = [
    "LONGEST_LEASE",
    "SHORTEST_LEASE",
    "Assignment",
    "AssignmentQuerySet",
    "AssignmentState",
    "Comparison",
    "ComparisonState",
    "Criterion",
    "Decision",
    "Evaluation",
    "EvaluationState",
    "Judgment",
    "LeakChoice",
    "LeakHit",
    "LeakHitQuerySet",
    "LeakKind",
    "LeakSide",
    "Rating",
    "Skip",
    "SkipReason",
    "Verdict",
]
