"""Writes of the room of judgments, one file for each moment in an evaluation's life."""

from apps.assessment.services.admitting import admit_all_pairs, admit_pairs
from apps.assessment.services.claiming import claim_comparison, reserve_next
from apps.assessment.services.closing import change_assessors, close_evaluation, reopen_evaluation
from apps.assessment.services.deciding import Decided, decide_leaks
from apps.assessment.services.importing import import_judgments
from apps.assessment.services.leasing import free_lease, renew_lease, skip_comparison
from apps.assessment.services.looking import Look, look_into
from apps.assessment.services.opening import open_evaluation
from apps.assessment.services.submitting import correct_judgment, submit_judgment

__all__ = [
    "Decided",
    "Look",
    "admit_all_pairs",
    "admit_pairs",
    "change_assessors",
    "claim_comparison",
    "close_evaluation",
    "correct_judgment",
    "decide_leaks",
    "free_lease",
    "import_judgments",
    "look_into",
    "open_evaluation",
    "renew_lease",
    "reopen_evaluation",
    "reserve_next",
    "skip_comparison",
    "submit_judgment",
]
