"""The only way a view gets a row of this room."""

from typing import Literal
from uuid import UUID

from django.http import Http404

from apps.accounts.models import User
from apps.assessment.models import Assignment, AssignmentState, Comparison, Evaluation, Judgment


def access_evaluation(user: User, public_id: UUID, *, to: Literal["view", "judge"] = "view") -> Evaluation:
    """`view`, which includes every change: members of the bucket, and admins. `judge`: those assigned, nobody else."""
    if to == "judge":
        found = Evaluation.objects.open_to(user).prefetch_related("criteria")
    else:
        rows = Evaluation.objects.visible_to(user)
        found = rows.select_related("bucket", "run_a__revision__pipeline", "run_b__revision__pipeline")
    if evaluation := found.filter(public_id=public_id).first():
        return evaluation
    raise Http404


def access_assignment(user: User, public_id: UUID, *, to: str = "view") -> Assignment:
    """`view`: what an assessor was given, or a researcher may preview. `edit`: a lease a researcher may take back."""
    place = Assignment.objects.select_related("evaluation", "comparison__task").filter(public_id=public_id).first()
    if place is None:
        raise Http404
    if to == "view" and place.assessor_id == user.pk and place.state != AssignmentState.FREE:
        return place
    if Evaluation.objects.visible_to(user).filter(pk=place.evaluation_id).exists():
        return place
    raise Http404


def access_place(user: User, public_id: UUID) -> Assignment:
    """A place of an evaluation one judges in, whoever holds it by now: what one still sends may be late or doubled."""
    place = Assignment.objects.select_related("evaluation").filter(public_id=public_id).first()
    if place and Evaluation.objects.open_to(user).filter(pk=place.evaluation_id).exists():
        return place
    raise Http404


def access_comparison(user: User, public_id: UUID) -> Comparison:
    """One that has places, for whoever may see its evaluation; no check of an assessor."""
    found = Comparison.objects.compared().filter(public_id=public_id, assignments__isnull=False).distinct()
    comparison = found.select_related("evaluation", "task").first()
    if comparison and Evaluation.objects.visible_to(user).filter(pk=comparison.evaluation_id).exists():
        return comparison
    raise Http404


def access_judgment(user: User, public_id: UUID) -> Judgment:
    """One's own, even if a correction superseded it: a repeated submit of that correction is no mistake."""
    mine = Judgment.objects.filter(assessor=user, public_id=public_id)
    if judgment := mine.select_related("assignment__evaluation", "superseded_by").first():
        return judgment
    raise Http404
