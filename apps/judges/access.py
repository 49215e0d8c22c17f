"""The only way a view gets a judge: whoever may see its evaluation, and is not among the people who judge in it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404

from apps.assessment.access import access_evaluation
from apps.judges.models import AutomaticJudge

if TYPE_CHECKING:
    from uuid import UUID

    from apps.accounts.models import User
    from apps.assessment.models import Evaluation


def access_judged(user: User, public_id: UUID) -> Evaluation:
    """Raises Http404 for an evaluation `user` may not know of, PermissionDenied while `user` judges in it: nobody reads
    a judge's word before saying their own."""
    evaluation = access_evaluation(user, public_id)
    if evaluation.is_open and evaluation.assessors.filter(pk=user.pk).exists():
        raise PermissionDenied
    return evaluation


def access_judge(user: User, public_id: UUID) -> AutomaticJudge:
    """With its evaluation and revision."""
    judges = AutomaticJudge.objects.select_related("revision__pipeline", "created_by")
    judge = judges.filter(public_id=public_id).first()
    if judge is None:
        raise Http404
    judge.evaluation = access_judged(user, judge.evaluation.public_id)
    return judge
