"""Blind judgments: evaluations and their comparisons, the leases on them, what might unblind, what assessors said."""

from apps.assessment.models.checks import Check, CheckKind, Corruption, GoldItem
from apps.assessment.models.criteria import Criterion, CriterionKind
from apps.assessment.models.evaluations import (
    LONGEST_LEASE,
    SHORTEST_LEASE,
    Comparison,
    ComparisonState,
    Evaluation,
    EvaluationState,
)
from apps.assessment.models.judgments import Contradiction, Judgment, Verdict
from apps.assessment.models.leaks import Decision, LeakChoice, LeakHit, LeakHitQuerySet, LeakKind, LeakSide
from apps.assessment.models.ratings import Mark, MarkKind, Rating, Severity
from apps.assessment.models.standing import (
    Adjudication,
    Languages,
    Message,
    QualityRule,
    RuleAction,
    RuleKind,
    Standing,
    StandingState,
)
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
    "Adjudication",
    "Assignment",
    "AssignmentQuerySet",
    "AssignmentState",
    "Check",
    "CheckKind",
    "Comparison",
    "ComparisonState",
    "Contradiction",
    "Corruption",
    "Criterion",
    "CriterionKind",
    "Decision",
    "Evaluation",
    "EvaluationState",
    "GoldItem",
    "Judgment",
    "Languages",
    "LeakChoice",
    "LeakHit",
    "LeakHitQuerySet",
    "LeakKind",
    "LeakSide",
    "Mark",
    "MarkKind",
    "Message",
    "QualityRule",
    "Rating",
    "RuleAction",
    "RuleKind",
    "Severity",
    "Skip",
    "SkipReason",
    "Standing",
    "StandingState",
    "Verdict",
]
